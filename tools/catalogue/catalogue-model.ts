import type { Decimal } from '@tollgate/domain';
import type { Conditions } from './model-name';

/** One list price in US dollars: what `per` units cost. */
export interface ListPrice {
  readonly unit: string;
  readonly amount: Decimal;
  readonly conditions: Conditions;
}

/** One model of one provider with all its list prices. */
export interface CatalogueModel {
  readonly provider: string;
  readonly model: string;
  readonly modality: string;
  /** 0 when unknown. */
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  /** YYYY-MM-DD; empty when none is announced. */
  readonly deprecationDate: string;
  readonly prices: readonly ListPrice[];
}

/** Tokens and characters are priced by the million, all else by the piece. */
export function perOf(unit: string): '1000000' | '1' {
  return unit.endsWith('_tokens') || unit === 'characters' ? '1000000' : '1';
}

/** Identifies a price within its model, whatever the order in which conditions were found. */
export function priceKey(unit: string, conditions: Conditions): string {
  const named = Object.entries(conditions).sort(([left], [right]) => (left < right ? -1 : 1));
  return [unit, ...named.map(([name, value]) => `${name}=${value}`)].join(' ');
}
