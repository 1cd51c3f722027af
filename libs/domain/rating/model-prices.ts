import { isCurrency } from '../money/currency';
import { Decimal } from '../money/decimal';
import { isUnit, unitDefinition } from '../metering/units';
import { compileCondition, type Condition, type RatedCall } from './conditions';
import { RatingError, type Price } from './price';

/** A price made ready to multiply with. */
export interface CompiledPrice {
  readonly version: string;
  readonly unit: string;
  /** Price of `per` units. */
  readonly rate: Decimal;
  /** `per` is 10 to this power. */
  readonly perExponent: number;
  readonly per: string;
  readonly currency: string;
  readonly conditions: readonly Condition[];
  /** Epoch milliseconds, half-open. */
  readonly validFrom: number;
  readonly validTo: number;
  /** The highest context threshold among the conditions; 0 for none. */
  readonly fromInputTokens: bigint;
}

const POWER_OF_TEN = /^10*$/;

/** Compiles a price. Throws RatingError, DecimalError or CurrencyError for one that could not be applied exactly. */
export function compilePrice(price: Price): CompiledPrice {
  const where = `${price.provider}/${price.model} ${price.unit}`;
  if (!isUnit(price.unit)) throw new RatingError(`Unknown unit in a price: ${where}`);
  if (!POWER_OF_TEN.test(price.per)) throw new RatingError(`per must be a power of ten: ${where} has ${price.per}`);
  if (!isCurrency(price.currency)) throw new RatingError(`Not a currency: ${where} has ${price.currency}`);
  const rate = Decimal.parse(price.amount);
  if (rate.isNegative()) throw new RatingError(`A price must not be negative: ${where} has ${price.amount}`);
  const conditions = Object.entries(price.conditions).map(([name, value]) => compileCondition(name, value));
  return {
    version: price.version,
    unit: price.unit,
    rate,
    perExponent: price.per.length - 1,
    per: price.per,
    currency: price.currency,
    conditions,
    validFrom: instant(price.validFrom, Number.NEGATIVE_INFINITY, where),
    validTo: instant(price.validTo, Number.POSITIVE_INFINITY, where),
    fromInputTokens: conditions.reduce((max, { fromInputTokens = 0n }) => (fromInputTokens > max ? fromInputTokens : max), 0n),
  };
}

function instant(text: string, empty: number, where: string): number {
  if (text === '') return empty;
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs)) throw new RatingError(`Not a time in the price of ${where}: ${text}`);
  return epochMs;
}

/**
 * The most specific first: more conditions, then the higher context threshold, then the newer start of validity, then the version id, so that the choice
 * never depends on the order in which prices arrived.
 */
function bySpecificity(left: CompiledPrice, right: CompiledPrice): number {
  if (left.conditions.length !== right.conditions.length) return right.conditions.length - left.conditions.length;
  if (left.fromInputTokens !== right.fromInputTokens) return left.fromInputTokens > right.fromInputTokens ? -1 : 1;
  if (left.validFrom !== right.validFrom) return left.validFrom > right.validFrom ? -1 : 1;
  return left.version < right.version ? -1 : left.version > right.version ? 1 : 0;
}

/** All prices of one model, compiled for selection. Immutable: compile anew when a price changes. */
export class ModelPrices {
  private readonly byUnit = new Map<string, CompiledPrice[]>();

  /** Throws what compilePrice throws. */
  constructor(prices: Iterable<Price>) {
    for (const price of prices) {
      const candidates = this.byUnit.get(price.unit);
      if (candidates) candidates.push(compilePrice(price));
      else this.byUnit.set(price.unit, [compilePrice(price)]);
    }
    for (const candidates of this.byUnit.values()) candidates.sort(bySpecificity);
  }

  /** The price of exactly this unit for that call, or undefined. */
  select(unit: string, call: RatedCall): CompiledPrice | undefined {
    const candidates = this.byUnit.get(unit);
    if (!candidates) return undefined;
    for (const price of candidates) {
      if (call.occurredAt < price.validFrom || call.occurredAt >= price.validTo) continue;
      if (price.conditions.every((condition) => condition.holds(call))) return price;
    }
    return undefined;
  }

  /** The price of this unit or, where it has none, of the unit that it falls back to. */
  selectWithFallback(unit: string, call: RatedCall): CompiledPrice | undefined {
    for (let wanted: string | undefined = unit; wanted !== undefined; wanted = unitDefinition(wanted)?.fallback) {
      const price = this.select(wanted, call);
      if (price) return price;
    }
    return undefined;
  }

  /** Every price of the unit that is valid at the time, whatever its conditions. */
  validAt(unit: string, epochMs: number): CompiledPrice[] {
    return (this.byUnit.get(unit) ?? []).filter((price) => epochMs >= price.validFrom && epochMs < price.validTo);
  }
}
