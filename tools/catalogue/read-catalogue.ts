import { priceKey, type CatalogueModel, type ListPrice } from './catalogue-model';
import { resolveEntries, type LitellmEntry, type LitellmMap } from './litellm-entry';
import { pricesOf } from './litellm-prices';
import { modelName } from './model-name';
import { providerOf } from './provider-ids';
import { withUplifts } from './uplifts';

/** The catalogue, and what of the source did not make it. */
export interface ReadCatalogue {
  readonly models: CatalogueModel[];
  /** How often each rate name stood in the source without a unit of ours. */
  readonly unusedRates: ReadonlyMap<string, number>;
  /** Keys that name no model. */
  readonly skippedKeys: readonly string[];
  /** Models whose every price is 0: listed without a price, so that their use parks instead of costing nothing. */
  readonly zeroPriced: readonly string[];
  /** Models that a second family of the provider prices otherwise; the first one's prices stand. */
  readonly shadowed: readonly string[];
}

const MODALITIES: Readonly<Record<string, string>> = {
  responses: 'chat',
  image_generation: 'image',
  image_edit: 'image',
  audio_transcription: 'transcription',
  audio_speech: 'speech',
  video_generation: 'video',
};

interface Gathered {
  readonly rank: number;
  readonly first: LitellmEntry;
  readonly prices: Map<string, ListPrice>;
}

/** Turns LiteLLM's map into models with list prices, sorted by provider and model. */
export function readCatalogue(map: LitellmMap): ReadCatalogue {
  const gathered = new Map<string, Gathered>();
  const unusedRates = new Map<string, number>();
  const skippedKeys: string[] = [];
  const shadowed = new Set<string>();
  const ranked = resolveEntries(map)
    .map((resolved) => ({ ...resolved, ...providerOf(resolved.provider) }))
    .sort((left, right) => left.rank - right.rank);

  for (const { key, provider: family, id, rank, entry } of ranked) {
    const name = modelName(key, family);
    if (!name) {
      skippedKeys.push(key);
      continue;
    }
    const { prices, unused } = pricesOf(entry, name.conditions);
    for (const rate of unused) unusedRates.set(rate, (unusedRates.get(rate) ?? 0) + 1);
    const where = `${id}/${name.model}`;
    const known = gathered.get(where) ?? { rank, first: entry, prices: new Map<string, ListPrice>() };
    gathered.set(where, known);
    for (const price of withUplifts(entry, prices)) {
      const at = priceKey(price.unit, price.conditions);
      const before = known.prices.get(at);
      if (!before && known.rank === rank) known.prices.set(at, price);
      else if (known.rank !== rank && (!before || !before.amount.equals(price.amount))) shadowed.add(where);
    }
  }

  const zeroPriced: string[] = [];
  const models = [...gathered].map(([where, { first, prices }]): CatalogueModel => {
    const all = [...prices.values()];
    const free = all.length > 0 && all.every(({ amount }) => amount.isZero());
    if (free) zeroPriced.push(where);
    const slash = where.indexOf('/');
    const mode = String(first['mode'] ?? 'chat');
    return {
      provider: where.slice(0, slash),
      model: where.slice(slash + 1),
      modality: MODALITIES[mode] ?? mode,
      maxInputTokens: tokens(first['max_input_tokens'] ?? first['max_tokens']),
      maxOutputTokens: tokens(first['max_output_tokens'] ?? first['max_tokens']),
      deprecationDate: /^\d{4}-\d{2}-\d{2}$/.test(String(first['deprecation_date'])) ? String(first['deprecation_date']) : '',
      prices: free ? [] : all.sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1)),
    };
  });
  models.sort((left, right) => (`${left.provider}/${left.model}` < `${right.provider}/${right.model}` ? -1 : 1));
  return { models, unusedRates, skippedKeys, zeroPriced, shadowed: [...shadowed].sort() };
}

function sortKey({ unit, conditions }: ListPrice): string {
  return `${unit} ${Object.keys(conditions).length} ${priceKey(unit, conditions)}`;
}

function tokens(value: unknown): number {
  const count = Number(value ?? 0);
  return Number.isFinite(count) && count > 0 && count < 2 ** 32 ? Math.floor(count) : 0;
}
