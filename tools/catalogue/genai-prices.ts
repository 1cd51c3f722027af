import { Decimal } from '@tollgate/domain';
import { perOf } from './catalogue-model';

/** genai-prices' data as fetch-sources.py writes it: constructor calls keep their name under `$`. */
export interface GenaiProvider {
  readonly id: string;
  readonly models: readonly GenaiModel[];
}
interface GenaiModel {
  readonly id: string;
  readonly match: Clause;
  readonly prices:
    GenaiPrice | readonly { readonly constraint?: { readonly $: string; readonly start_date?: string }; readonly prices: GenaiPrice }[];
}
type Clause = Readonly<Record<string, unknown>>;
type GenaiPrice = Readonly<Record<string, string | { readonly base: string } | undefined>>;

/** genai-prices' price name → our unit, and how many of ours its price is for. */
const UNITS: Readonly<Record<string, readonly [unit: string, per: bigint]>> = {
  input_mtok: ['input_tokens', 1_000_000n],
  output_mtok: ['output_tokens', 1_000_000n],
  output_reasoning_mtok: ['output_reasoning_tokens', 1_000_000n],
  cache_read_mtok: ['input_cached_tokens', 1_000_000n],
  cache_write_mtok: ['input_cache_write_tokens', 1_000_000n],
  cache_write_1h_mtok: ['input_cache_write_1h_tokens', 1_000_000n],
  input_audio_mtok: ['input_audio_tokens', 1_000_000n],
  output_audio_mtok: ['output_audio_tokens', 1_000_000n],
  input_image_mtok: ['input_image_tokens', 1_000_000n],
  output_image_mtok: ['output_image_tokens', 1_000_000n],
  input_audio_hours: ['input_audio_seconds', 3_600n],
  input_mchars: ['characters', 1_000_000n],
  input_document_kpages: ['pages', 1_000n],
  web_searches_kcount: ['searches', 1_000n],
  requests_kcount: ['requests', 1_000n],
};
const DIGITS = 20;

/**
 * The plain prices (no variant, the base of a tier) of a model on a date, in the amounts of our catalogue. Undefined when it knows no such model, or prices
 * it by the time of day: what is plain there is off-peak, and in LiteLLM's map peak.
 */
export function genaiPrices(provider: GenaiProvider, model: string, date: string): ReadonlyMap<string, Decimal> | undefined {
  const found = provider.models.find(({ id }) => id === model) ?? provider.models.find(({ match }) => matches(match, model));
  if (!found || hasHours(found.prices)) return undefined;
  const amounts = new Map<string, Decimal>();
  for (const [name, price] of Object.entries(validOn(found.prices, date))) {
    const known = UNITS[name];
    const text = typeof price === 'object' ? price.base : price;
    if (!known || text === undefined) continue;
    const [unit, per] = known;
    const ours = Decimal.parse(text).times(Decimal.parse(perOf(unit)));
    amounts.set(unit, ours.dividedBy(Decimal.from(per), DIGITS, 'half-even'));
  }
  return amounts;
}

function hasHours(prices: GenaiModel['prices']): boolean {
  return isList(prices) && prices.some(({ constraint }) => constraint?.$ === 'TimeOfDateConstraint');
}

function validOn(prices: GenaiModel['prices'], date: string): GenaiPrice {
  if (!isList(prices)) return prices;
  const started = prices.filter(({ constraint }) => !constraint || (constraint.start_date ?? '') <= date);
  return started.at(-1)?.prices ?? {};
}

function isList(prices: GenaiModel['prices']): prices is Exclude<GenaiModel['prices'], GenaiPrice> {
  return Array.isArray(prices);
}

function matches(clause: Clause, model: string): boolean {
  const text = (name: string) => String(clause[name]).toLowerCase();
  const name = model.toLowerCase();
  switch (clause['$']) {
    case 'ClauseEquals':
      return name === text('equals');
    case 'ClauseStartsWith':
      return name.startsWith(text('starts_with'));
    case 'ClauseEndsWith':
      return name.endsWith(text('ends_with'));
    case 'ClauseContains':
      return name.includes(text('contains'));
    case 'ClauseRegex':
      return new RegExp(String(clause['regex'])).test(model);
    case 'ClauseOr':
      return (clause['or_'] as Clause[]).some((each) => matches(each, model));
    case 'ClauseAnd':
      return (clause['and_'] as Clause[]).every((each) => matches(each, model));
    default:
      return false;
  }
}
