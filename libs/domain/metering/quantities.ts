import { Decimal, DecimalError } from '../money/decimal';
import { unitDefinition } from './units';

/** Decimal strings by unit. Disjoint: no token is counted under two units. */
export type Quantities = Record<string, string>;

/** A quantity is not a non-negative decimal, or its unit is unknown. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
  constructor(
    readonly unit: string,
    message: string,
  ) {
    super(message);
  }
}

/** Most digits before the point: a quantity beyond 10^18 is a mistake, not usage. */
const MAX_WHOLE_DIGITS = 18;
/** Most digits after the point. */
const MAX_FRACTION_DIGITS = 12;
/** What nearly every quantity looks like; the rest takes the long way. */
const PLAIN_WHOLE = /^[0-9]{1,18}$/;

/**
 * Reads the quantity of a unit as it was reported. Throws QuantityError, with a sentence for the reporter, for an unknown unit, a negative or non-decimal
 * number, a fraction of what only comes whole, and absurd sizes.
 */
export function parseQuantity(unit: string, text: string): Decimal {
  const definition = unitDefinition(unit);
  if (definition && PLAIN_WHOLE.test(text)) return Decimal.from(BigInt(text));
  if (!definition) throw new QuantityError(unit, `Unknown unit ${JSON.stringify(unit.slice(0, 60))}`);
  let quantity: Decimal;
  try {
    quantity = Decimal.parse(text);
  } catch (error) {
    if (!(error instanceof DecimalError)) throw error;
    throw new QuantityError(unit, `The quantity of ${unit} must be a decimal string such as "812"`);
  }
  if (quantity.isNegative()) throw new QuantityError(unit, `The quantity of ${unit} must not be negative`);
  const [whole = '', fraction = ''] = quantity.toString().split('.');
  if (whole.length > MAX_WHOLE_DIGITS) throw new QuantityError(unit, `The quantity of ${unit} must be below 10^${MAX_WHOLE_DIGITS}`);
  if (definition.whole && fraction) throw new QuantityError(unit, `The quantity of ${unit} must be a whole number`);
  if (fraction.length > MAX_FRACTION_DIGITS)
    throw new QuantityError(unit, `The quantity of ${unit} has more than ${MAX_FRACTION_DIGITS} digits after the point`);
  return Decimal.parse(whole + (fraction && `.${fraction}`));
}

/** Unit by unit sum, canonical, without units whose sum is zero. Throws DecimalError for quantities that are not decimals. */
export function addQuantities(left: Quantities, right: Quantities): Quantities {
  const sum: Quantities = {};
  for (const unit of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const total = Decimal.parse(left[unit] ?? '0').plus(Decimal.parse(right[unit] ?? '0'));
    if (!total.isZero()) sum[unit] = total.toString();
  }
  return sum;
}

/** Every quantity negated: what a correction takes back. */
export function negateQuantities(quantities: Quantities): Quantities {
  return Object.fromEntries(Object.entries(quantities).map(([unit, text]) => [unit, Decimal.parse(text).negated().toString()]));
}
