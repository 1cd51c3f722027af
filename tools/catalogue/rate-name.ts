import type { Conditions } from './model-name';

/** What one of LiteLLM's rate names counts. */
export interface RateName {
  readonly unit: string;
  readonly conditions: Conditions;
}

/** Rates that mean the same whatever the model does. */
const UNITS: Readonly<Record<string, string>> = {
  input_cost_per_token: 'input_tokens',
  output_cost_per_token: 'output_tokens',
  output_cost_per_reasoning_token: 'output_reasoning_tokens',
  cache_read_input_token_cost: 'input_cached_tokens',
  input_cost_per_token_cache_hit: 'input_cached_tokens',
  cache_creation_input_token_cost: 'input_cache_write_tokens',
  input_cost_per_audio_token: 'input_audio_tokens',
  output_cost_per_audio_token: 'output_audio_tokens',
  input_cost_per_image_token: 'input_image_tokens',
  output_cost_per_image_token: 'output_image_tokens',
  input_cost_per_character: 'characters',
  output_cost_per_image: 'images',
  ocr_cost_per_page: 'pages',
  input_cost_per_request: 'requests',
  output_cost_per_video_per_second: 'video_seconds',
  input_cost_per_video_per_second: 'video_seconds',
  input_cost_per_audio_per_second: 'input_audio_seconds',
};

/** Rates whose unit depends on what the model does (LiteLLM's `mode`). */
const UNITS_BY_MODE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  input_cost_per_second: { audio_transcription: 'input_audio_seconds', realtime: 'input_audio_seconds' },
  output_cost_per_second: {
    audio_transcription: 'input_audio_seconds',
    audio_speech: 'output_audio_seconds',
    video_generation: 'video_seconds',
  },
  input_cost_per_query: { rerank: 'requests', search: 'searches', evaluation: 'requests', vector_store: 'requests' },
};

const TIERS: Readonly<Record<string, string>> = {
  batches: 'batch',
  flex: 'flex',
  priority: 'priority',
  ultrafast: 'ultrafast',
  balanced: 'balanced',
  decisions: 'decisions',
};

const SUFFIX = /_(?:above_([0-9]+)k_tokens|above_(1hr|12hr)|(batches|flex|priority|ultrafast|balanced|decisions)|([0-9.]+[kKpP]|[0-9]+))$/;

/**
 * Reads a rate's name, such as `cache_read_input_token_cost_above_272k_tokens_priority`, into a unit and conditions; undefined when we have no unit for it.
 * A threshold is crossed by more tokens than it names, and then reprices the whole call.
 */
export function rateName(name: string, mode: string): RateName | undefined {
  const conditions: Record<string, string> = {};
  let base = name;
  let oneHour = false;
  for (let match = SUFFIX.exec(base); match && !isBase(base); match = SUFFIX.exec(base)) {
    const [, thousands, lifetime, tier, size] = match;
    if (thousands) conditions['min_input_tokens_above'] = `${thousands}000`;
    if (lifetime === '1hr') oneHour = true;
    if (lifetime === '12hr') conditions['cache_lifetime'] = 'above_12h';
    if (tier) conditions['service_tier'] = TIERS[tier]!;
    if (size) conditions[base.includes('second') ? 'resolution' : 'image_size'] = size;
    base = base.slice(0, match.index);
  }
  if (base === 'annotation_cost_per_page') return { unit: 'pages', conditions: { ...conditions, annotated: 'true' } };
  const unit = UNITS[base] ?? UNITS_BY_MODE[base]?.[mode];
  if (!unit) return undefined;
  if (!oneHour) return { unit, conditions };
  return unit === 'input_cache_write_tokens' ? { unit: 'input_cache_write_1h_tokens', conditions } : undefined;
}

function isBase(name: string): boolean {
  return name in UNITS || name in UNITS_BY_MODE;
}
