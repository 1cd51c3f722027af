/** One entry of LiteLLM's map; every number is the text that stands there. */
export type LitellmEntry = Readonly<Record<string, unknown>>;
export type LitellmMap = Readonly<Record<string, LitellmEntry>>;

/** Keys of the map that hold no model. */
const NOT_MODELS = new Set(['sample_spec', 'fallback_generalizations']);

/** A model's entry with its aliases resolved: an alias has its target's prices under its own name. */
export interface ResolvedEntry {
  readonly key: string;
  readonly provider: string;
  readonly entry: LitellmEntry;
}

/** The map's models in its own order. Entries that name neither a provider nor an alias that leads to one are left out. */
export function resolveEntries(map: LitellmMap): ResolvedEntry[] {
  const resolved: ResolvedEntry[] = [];
  for (const key of Object.keys(map)) {
    if (NOT_MODELS.has(key)) continue;
    const entry = target(map, key, 0);
    const provider = entry?.['litellm_provider'];
    if (entry && typeof provider === 'string') resolved.push({ key, provider, entry });
  }
  return resolved;
}

function target(map: LitellmMap, key: string, depth: number): LitellmEntry | undefined {
  const entry = map[key];
  if (!entry || depth > 5) return undefined;
  const alias = entry['alias_of'];
  return typeof alias === 'string' ? target(map, alias, depth + 1) : entry;
}
