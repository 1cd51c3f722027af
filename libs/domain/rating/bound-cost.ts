import type { AppliedFx } from '../money/fx';
import { Decimal } from '../money/decimal';
import { UNITS, unitDefinition } from '../metering/units';
import type { CompiledPrice, ModelPrices } from './model-prices';

/** The most that a call can be counted with. */
export interface BoundInput {
  readonly prices: ModelPrices | undefined;
  /** An upper bound of the tokens read. */
  readonly maxInputTokens: number;
  /** An upper bound of the tokens written, all choices and reasoning included. */
  readonly maxOutputTokens: number;
  /** Percent that the cost is counted with on top: the mark-up, or 0 plus the fee on an own connection (budgets hold amount + direct). */
  readonly markupPercent: Decimal | string;
  readonly fx: (vendorCurrency: string) => AppliedFx | undefined;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  /** Attributes that the call fixes; a price whose condition names another value of them cannot apply. Those left open are taken at their dearest. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Units that the call can be metered in; all token units by default. Leaving out audio and images for a call that has none makes a tighter bound. */
  readonly units?: readonly string[];
}

/** Why a call has no upper bound. */
export interface Unbounded {
  readonly unbounded: 'no_price' | 'no_fx_rate';
  readonly detail: string;
}

/**
 * An upper bound of a call's cost in the reporting currency: all that it reads at the dearest rate that its input can meet, all that it writes at the
 * dearest of its output, and every price of a call as such. Whatever way the tokens fall on units, tiers and context thresholds, the charge is not above it.
 */
export function boundCost(input: BoundInput): { readonly bound: Decimal } | Unbounded {
  const { prices, units = UNITS.map(({ unit }) => unit) } = input;
  if (!prices) return { unbounded: 'no_price', detail: 'The model has no price' };
  const factor = percentOnTop(input.markupPercent);
  let dearestInput: Decimal | undefined;
  let dearestOutput: Decimal | undefined;
  let perCall = Decimal.ZERO;
  for (const unit of units) {
    const kind = unitDefinition(unit)?.kind;
    if (kind === 'other' && unit !== 'requests') continue;
    for (const price of prices.validAt(unit, input.occurredAt)) {
      if (!canApply(price, input)) continue;
      const fx = input.fx(price.currency);
      if (!fx) return { unbounded: 'no_fx_rate', detail: `No rate from ${price.currency}` };
      const rate = price.rate.shiftedRight(price.perExponent).times(fx.rate);
      if (kind === 'context') dearestInput = dearer(dearestInput, rate);
      else if (kind === 'output') dearestOutput = dearer(dearestOutput, rate);
      else perCall = dearer(perCall, rate);
    }
  }
  if (input.maxInputTokens > 0 && !dearestInput) return { unbounded: 'no_price', detail: 'The model has no price for what it reads' };
  if (input.maxOutputTokens > 0 && !dearestOutput) return { unbounded: 'no_price', detail: 'The model has no price for what it writes' };
  const reading = (dearestInput ?? Decimal.ZERO).times(Decimal.from(BigInt(input.maxInputTokens)));
  const writing = (dearestOutput ?? Decimal.ZERO).times(Decimal.from(BigInt(input.maxOutputTokens)));
  return { bound: reading.plus(writing).plus(perCall).times(factor) };
}

function percentOnTop(percent: Decimal | string): Decimal {
  return (typeof percent === 'string' ? Decimal.parse(percent) : percent).plus(Decimal.HUNDRED).shiftedRight(2);
}

function dearer(known: Decimal | undefined, rate: Decimal): Decimal {
  return !known || rate.compare(known) > 0 ? rate : known;
}

function canApply(price: CompiledPrice, { attributes = {}, maxInputTokens }: BoundInput): boolean {
  return price.conditions.every(({ attribute, fromInputTokens }) => {
    if (fromInputTokens !== undefined) return fromInputTokens <= BigInt(maxInputTokens);
    const fixed = attribute && attributes[attribute.name];
    return fixed === undefined || fixed === attribute?.value;
  });
}
