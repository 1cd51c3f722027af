import type { AppliedFx } from '../money/fx';
import { Decimal } from '../money/decimal';
import { parseQuantity, type Quantities } from '../metering/quantities';
import { unitDefinition } from '../metering/units';
import type { RatedCall } from './conditions';
import type { CompiledPrice, ModelPrices } from './model-prices';

/** One unit of a charge. */
export interface RatedLine {
  readonly unit: string;
  readonly quantity: string;
  /** Vendor's currency per `per` units. */
  readonly rate: string;
  readonly currency: string;
  readonly per: string;
  readonly priceVersion: string;
  /** The unit whose price was used: another than `unit` when it fell back. */
  readonly pricedAs: string;
  /** Exact, in the reporting currency. */
  readonly cost: string;
  readonly amount: string;
}

/** A usage event's price, exact, in the reporting currency. */
export interface Rated {
  readonly lines: RatedLine[];
  /** What the vendor's list makes of it. */
  readonly cost: string;
  /** What is billed. */
  readonly amount: string;
  /** Equals cost on an own connection, else 0. */
  readonly direct: string;
  readonly fx: AppliedFx;
}

/** The event cannot be priced yet: a unit has no price, or its currency no rate. */
export interface Parked {
  readonly parked: 'no_price' | 'no_fx_rate';
  /** The units that could not be priced. */
  readonly units: string[];
  readonly detail: string;
}

/** What a usage event is rated with. */
export interface RatingInput {
  readonly quantities: Quantities;
  readonly attributes: Readonly<Record<string, string>>;
  /** Epoch milliseconds: chooses prices and, by its UTC date, the FX rate. */
  readonly occurredAt: number;
  /** Undefined when the model has no price at all. */
  readonly prices: ModelPrices | undefined;
  /** Percent on the list price of a shared connection; may be negative. */
  readonly markupPercent: Decimal | string;
  /** The vendor bills the organisation itself: only the fee is due. */
  readonly ownConnection: boolean;
  /** Percent of the list price on an own connection. */
  readonly feePercent: Decimal | string;
  /** The conversion from a vendor's currency to the reporting one on the event's date, or undefined when there is none. */
  readonly fx: (vendorCurrency: string) => AppliedFx | undefined;
  /** The reporting currency. */
  readonly currency: string;
}

/**
 * Prices a usage event: per unit cost = quantity × rate ÷ per × fx, and amount = cost × (1 + mark-up/100), or cost × fee/100 on an own connection. Nothing
 * is rounded. Units at zero are skipped. Parks when a unit has no price even by its fallback, or a currency no rate: never silently zero. Throws
 * QuantityError for a quantity that is not one.
 */
export function rateUsage(input: RatingInput): Rated | Parked {
  const used = nonZero(input.quantities);
  const call: RatedCall = { attributes: input.attributes, inputTokens: contextTokens(used), occurredAt: input.occurredAt };

  const priced: { unit: string; quantity: Decimal; price: CompiledPrice }[] = [];
  const missing: string[] = [];
  for (const [unit, quantity] of used) {
    const price = input.prices?.selectWithFallback(unit, call);
    if (price) priced.push({ unit, quantity, price });
    else if (!unitDefinition(unit)?.free) missing.push(unit);
  }
  if (missing.length > 0) return { parked: 'no_price', units: missing, detail: `No price for ${missing.join(', ')}` };

  const vendorCurrency = priced[0]?.price.currency ?? input.currency;
  const foreign = priced.filter(({ price }) => price.currency !== vendorCurrency).map(({ unit }) => unit);
  // A charge names one conversion; prices of one call in two currencies are a mistake in the catalogue that someone has to settle.
  if (foreign.length > 0)
    return { parked: 'no_price', units: foreign, detail: `Prices in ${vendorCurrency} and another currency for one call` };
  const fx = input.fx(vendorCurrency);
  if (!fx)
    return { parked: 'no_fx_rate', units: priced.map(({ unit }) => unit), detail: `No rate from ${vendorCurrency} to ${input.currency}` };

  const factor = amountFactor(input);
  let cost = Decimal.ZERO;
  const lines = priced.map(({ unit, quantity, price }): RatedLine => {
    const lineCost = quantity.times(price.rate).shiftedRight(price.perExponent).times(fx.rate);
    cost = cost.plus(lineCost);
    return {
      unit,
      quantity: quantity.toString(),
      rate: price.rate.toString(),
      currency: price.currency,
      per: price.per,
      priceVersion: price.version,
      pricedAs: price.unit,
      cost: lineCost.toString(),
      amount: lineCost.times(factor).toString(),
    };
  });
  const total = cost.toString();
  return { lines, cost: total, amount: cost.times(factor).toString(), direct: input.ownConnection ? total : '0', fx };
}

/** What a cost is multiplied by to make the billed amount. */
function amountFactor(input: RatingInput): Decimal {
  const percent = input.ownConnection ? decimal(input.feePercent) : decimal(input.markupPercent).plus(Decimal.HUNDRED);
  return percent.shiftedRight(2);
}

function decimal(value: Decimal | string): Decimal {
  return typeof value === 'string' ? Decimal.parse(value) : value;
}

/** The units above zero, in the order of their names, so that a charge's lines never depend on a map's order. */
function nonZero(quantities: Quantities): [string, Decimal][] {
  const used: [string, Decimal][] = [];
  for (const unit of Object.keys(quantities).sort()) {
    const quantity = parseQuantity(unit, quantities[unit]!);
    if (!quantity.isZero()) used.push([unit, quantity]);
  }
  return used;
}

function contextTokens(used: readonly [string, Decimal][]): bigint {
  let tokens = 0n;
  for (const [unit, quantity] of used) if (unitDefinition(unit)?.kind === 'context') tokens += quantity.coefficient;
  return tokens;
}
