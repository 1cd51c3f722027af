import { Decimal } from '@tollgate/domain';
import { perOf, priceKey, type ListPrice } from './catalogue-model';
import { exactNumber, roundToSignificant } from './exact-number';
import type { LitellmEntry } from './litellm-entry';
import type { Conditions } from './model-name';
import { offPeakConditions } from './off-peak';
import { rateName } from './rate-name';

const MILLION = Decimal.from(1_000_000n);
/** Modes whose answer is not counted by the token, unless a price says so; LiteLLM states their output as 0. */
const WITHOUT_OUTPUT = new Set(['embedding', 'rerank', 'audio_transcription', 'moderation', 'image_generation', 'image_edit']);
const WEB_SEARCH_SIZES = ['low', 'medium', 'high'] as const;

/** A model's list prices, and the rates that could not be used. */
export interface EntryPrices {
  readonly prices: ListPrice[];
  readonly unused: string[];
}

/** Reads every rate of an entry. `named` are the conditions that stood in the entry's key. */
export function pricesOf(entry: LitellmEntry, named: Conditions): EntryPrices {
  const found = new Map<string, ListPrice>();
  const unused: string[] = [];
  const mode = String(entry['mode'] ?? '');
  const add = (unit: string, amount: Decimal, conditions: Conditions) => {
    if (amount.isNegative()) return;
    if (amount.isZero() && WITHOUT_OUTPUT.has(mode) && unit.startsWith('output_')) return;
    const all = { ...named, ...conditions };
    const key = priceKey(unit, all);
    const known = found.get(key);
    // Two rates for the same unit are one price stated twice: whisper-1 has an input and an output price for the same second.
    if (!known || known.amount.compare(amount) < 0) found.set(key, { unit, amount, conditions: all });
  };
  const addRates = (rates: LitellmEntry, conditions: Conditions) => {
    for (const [name, text] of Object.entries(rates)) {
      if (!isRate(name) || typeof text !== 'string') continue;
      const rate = rateName(name, mode);
      if (!rate) unused.push(name);
      else {
        const each = exactNumber(text);
        add(rate.unit, perOf(rate.unit) === '1' ? each : each.times(MILLION), { ...rate.conditions, ...conditions });
      }
    }
  };

  addRates(entry, {});
  for (const { rates, conditions } of tiersOf(entry)) addRates(rates, conditions);
  for (const conditions of offPeakConditions(entry['off_peak_pricing'])) addRates(entry['off_peak_pricing'] as LitellmEntry, conditions);
  addWebSearch(entry, add);
  addPixels(entry, named, add);
  return { prices: [...found.values()], unused };
}

function isRate(name: string): boolean {
  return /(^|_)cost(_|$)/.test(name) && !/dbu_cost|^cost_per_second$|^search_context_|^google_maps_|_per_pixel$/.test(name);
}

/** `tiered_pricing`: the first range is the plain price, a later one holds above its lower bound. */
function tiersOf(entry: LitellmEntry): { rates: LitellmEntry; conditions: Conditions }[] {
  const tiers = entry['tiered_pricing'];
  if (!Array.isArray(tiers)) return [];
  return (tiers as LitellmEntry[]).flatMap((rates) => {
    const range = rates['range'];
    if (!Array.isArray(range)) return [];
    const from = exactNumber(String(range[0]));
    const conditions: Conditions = from.isZero() ? {} : { min_input_tokens_above: from.toString() };
    return [{ rates, conditions }];
  });
}

/** The vendor's web search, by how much context it brings; the medium one, vendors' default, is the plain price. */
function addWebSearch(entry: LitellmEntry, add: (unit: string, amount: Decimal, conditions: Conditions) => void): void {
  const costs = entry['search_context_cost_per_query'] as Record<string, string> | undefined;
  const amounts = WEB_SEARCH_SIZES.map((size) => [size, costs?.[`search_context_size_${size}`]] as const);
  const plain = amounts[1]![1] ?? amounts[0]![1];
  if (plain === undefined) return;
  add('searches', exactNumber(plain), {});
  for (const [size, text] of amounts) {
    if (text !== undefined && !exactNumber(text).equals(exactNumber(plain)))
      add('searches', exactNumber(text), { search_context_size: size });
  }
}

/** A price per pixel of an image whose size is known makes a price per image: the vendor's own, of which the rate has six digits left. */
function addPixels(entry: LitellmEntry, named: Conditions, add: (unit: string, amount: Decimal, conditions: Conditions) => void): void {
  const [width, height] = (named['image_size'] ?? '').split('x');
  if (!width || !height) return;
  const pixels = Decimal.from(BigInt(width) * BigInt(height));
  const rates = ['input_cost_per_pixel', 'output_cost_per_pixel'].map((name) => exactNumber(String(entry[name] ?? '0')));
  const rate = rates[0]!.compare(rates[1]!) > 0 ? rates[0]! : rates[1]!;
  if (!rate.isZero()) add('images', roundToSignificant(rate.times(pixels), 5), {});
}
