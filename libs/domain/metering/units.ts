/** What a usage unit is, and what it falls back to when it has no price of its own. */
export interface UnitDefinition {
  readonly unit: string;
  readonly meaning: string;
  /** Whose price counts when this unit has none. Absent: a non-zero quantity without a price parks the event. */
  readonly fallback?: string;
  /** `context`: an input token, counted towards a price's context threshold. `output`: an output token. */
  readonly kind: 'context' | 'output' | 'other';
  /** True: only whole numbers are meaningful. */
  readonly whole: boolean;
  /** Costs nothing unless a price names it, so that it never parks an event. */
  readonly free?: boolean;
}

/**
 * Every unit that can be metered. Quantities of one event are disjoint: no token is counted under two units. Cached and cache-written tokens fall back to
 * plain input, and reasoning to plain output, since vendors that name no price for them bill them so; audio and image tokens do not, because vendors that
 * tell them apart price them apart.
 */
export const UNITS: readonly UnitDefinition[] = [
  { unit: 'input_tokens', meaning: 'uncached text tokens read', kind: 'context', whole: true },
  { unit: 'input_cached_tokens', meaning: 'tokens read from a prompt cache', fallback: 'input_tokens', kind: 'context', whole: true },
  { unit: 'input_cache_write_tokens', meaning: 'tokens written to a prompt cache', fallback: 'input_tokens', kind: 'context', whole: true },
  {
    unit: 'input_cache_write_1h_tokens',
    meaning: 'tokens written to a prompt cache that lasts an hour',
    fallback: 'input_cache_write_tokens',
    kind: 'context',
    whole: true,
  },
  { unit: 'input_audio_tokens', meaning: 'audio tokens read', kind: 'context', whole: true },
  { unit: 'input_image_tokens', meaning: 'image tokens read', kind: 'context', whole: true },
  { unit: 'output_tokens', meaning: 'text tokens written, without reasoning', kind: 'output', whole: true },
  { unit: 'output_reasoning_tokens', meaning: 'reasoning tokens written', fallback: 'output_tokens', kind: 'output', whole: true },
  { unit: 'output_audio_tokens', meaning: 'audio tokens written', kind: 'output', whole: true },
  { unit: 'output_image_tokens', meaning: 'image tokens written', kind: 'output', whole: true },
  { unit: 'images', meaning: 'images made', kind: 'other', whole: true },
  { unit: 'input_audio_seconds', meaning: 'seconds of audio read', kind: 'other', whole: false },
  { unit: 'output_audio_seconds', meaning: 'seconds of audio made', kind: 'other', whole: false },
  { unit: 'characters', meaning: 'characters of text read', kind: 'other', whole: true },
  { unit: 'video_seconds', meaning: 'seconds of video made', kind: 'other', whole: false },
  { unit: 'pages', meaning: 'pages read', kind: 'other', whole: true },
  { unit: 'searches', meaning: 'searches run by the vendor', kind: 'other', whole: true },
  { unit: 'requests', meaning: 'calls', kind: 'other', whole: true, free: true },
];

const BY_NAME = new Map(UNITS.map((definition) => [definition.unit, definition]));

/** Whether the name is a unit that can be metered. */
export function isUnit(name: string): boolean {
  return BY_NAME.has(name);
}

/** The definition of a unit, or undefined for an unknown name. */
export function unitDefinition(name: string): UnitDefinition | undefined {
  return BY_NAME.get(name);
}
