import { minorUnits } from '../money/currency';
import { Decimal } from '../money/decimal';
import type { VatTreatment } from '../tax/vat-treatment';

/** What has accrued for one line: everything of a (provider, model, project) in a billing month. */
export interface AccruedLine {
  readonly provider: string;
  readonly model: string;
  /** Slug; empty for untagged. */
  readonly project: string;
  /** The earlier billing month whose late usage this is; absent for the invoice's own month. */
  readonly adjusts?: string;
  readonly exactAmount: Decimal;
}

/** A line as it is invoiced. */
export type ComposedLine<T extends AccruedLine> = T & {
  /** Rounded once, half-up, to the currency's minor unit. */
  readonly amount: Decimal;
  /** Percent. */
  readonly taxRate: string;
};

/** Tax of one rate, on the rounded net of its lines. */
export interface TaxTotal {
  readonly ratePercent: string;
  readonly net: Decimal;
  readonly tax: Decimal;
}

/** An invoice's lines and totals. */
export interface ComposedInvoice<T extends AccruedLine> {
  readonly lines: ComposedLine<T>[];
  readonly taxes: TaxTotal[];
  readonly exactNet: Decimal;
  readonly net: Decimal;
  readonly tax: Decimal;
  readonly total: Decimal;
}

/**
 * Lines and totals of an invoice. Each line rounds once, half-up (ties away from zero), to the currency's minor unit, and keeps its exact amount beside;
 * net is the sum of the rounded lines, tax is rounded once per rate on that net, total is net plus tax. The order of the input does not matter: the
 * month's own lines come first, then adjustments by month, each by project, provider, model. Throws CurrencyError for an unknown currency.
 */
export function composeInvoice<T extends AccruedLine>(input: {
  currency: string;
  accrued: readonly T[];
  treatment: VatTreatment;
}): ComposedInvoice<T> {
  const digits = minorUnits(input.currency);
  const { ratePercent } = input.treatment;
  const lines = [...input.accrued]
    .sort(byMonthThenKey)
    .map((line): ComposedLine<T> => ({ ...line, amount: line.exactAmount.round(digits, 'half-up'), taxRate: ratePercent }));
  const net = Decimal.sum(lines.map(({ amount }) => amount));
  const tax = net.times(Decimal.parse(ratePercent)).shiftedRight(2).round(digits, 'half-up');
  return {
    lines,
    taxes: [{ ratePercent, net, tax }],
    exactNet: Decimal.sum(lines.map(({ exactAmount }) => exactAmount)),
    net,
    tax,
    total: net.plus(tax),
  };
}

function byMonthThenKey(left: AccruedLine, right: AccruedLine): number {
  return (
    compareText(left.adjusts ?? '', right.adjusts ?? '') ||
    compareText(left.project, right.project) ||
    compareText(left.provider, right.provider) ||
    compareText(left.model, right.model)
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
