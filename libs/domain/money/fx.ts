import { Decimal } from './decimal';

/** Digits after the point of every FX rate that is multiplied. */
export const FX_SCALE = 15;
/** A rate older than this many days is used and flagged. */
export const FX_STALE_AFTER_DAYS = 7;

const DAY_MS = 86_400_000;

/** One published rate: units of a currency per euro on a publication date (`YYYY-MM-DD`). */
export interface EuroRate {
  readonly date: string;
  readonly rate: Decimal;
}

/** The FX rate that a charge was converted at, as it is written to the ledger. */
export interface AppliedFx {
  /** Reporting units per vendor unit, the very number that is multiplied. */
  readonly rate: Decimal;
  /** Publication date; empty for identity. */
  readonly date: string;
  readonly source: 'ECB' | 'identity';
  /** The rate was older than seven days on the event's UTC date. */
  readonly stale: boolean;
}

/** No conversion: the vendor's currency is the reporting currency. */
export const IDENTITY_FX: AppliedFx = { rate: Decimal.ONE, date: '', source: 'identity', stale: false };

/** Reporting units per vendor unit, to 15 decimals half-even, from both currencies' units per euro. Throws DecimalError for a zero vendor rate. */
export function crossRate(unitsPerEuroFrom: Decimal, unitsPerEuroTo: Decimal): Decimal {
  return unitsPerEuroTo.dividedBy(unitsPerEuroFrom, FX_SCALE, 'half-even');
}

/** Whole days from one `YYYY-MM-DD` to another. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/**
 * The newest rate published strictly before the event's UTC date; undefined when there is none. The day's own rate appears in the afternoon, so using it
 * would make the morning's charges come out differently when re-rated.
 * @param ratesByDate ascending by date
 */
export function selectFxRate(ratesByDate: readonly EuroRate[], eventUtcDate: string): (EuroRate & { readonly stale: boolean }) | undefined {
  const index = countBefore(ratesByDate, eventUtcDate) - 1;
  const found = ratesByDate[index];
  return found && { ...found, stale: daysBetween(found.date, eventUtcDate) > FX_STALE_AFTER_DAYS };
}

/** How many of the rates (ascending) were published before `date`. */
function countBefore(ratesByDate: readonly EuroRate[], date: string): number {
  let low = 0;
  let high = ratesByDate.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ratesByDate[middle]!.date < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Euro reference rates of many currencies, and the conversions that follow from them. A conversion between two currencies uses the newest date before the
 * event's on which both were published, so that both sides are of one day.
 */
export class FxBook {
  private readonly series = new Map<string, EuroRate[]>();
  private readonly resolved = new Map<string, AppliedFx | undefined>();

  /** Adds or replaces one rate. Throws DecimalError for a rate that is not above zero. */
  put(currency: string, date: string, unitsPerEuro: Decimal): void {
    if (unitsPerEuro.isZero() || unitsPerEuro.isNegative()) {
      // A zero would divide, a negative would pay money back.
      throw new RangeError(`A rate must be above zero: ${currency} ${date} ${unitsPerEuro}`);
    }
    const rates = this.series.get(currency) ?? [];
    const index = countBefore(rates, date);
    rates.splice(index, rates[index]?.date === date ? 1 : 0, { date, rate: unitsPerEuro });
    this.series.set(currency, rates);
    this.resolved.clear();
  }

  /** Removes one rate; does nothing when it is not there. */
  remove(currency: string, date: string): void {
    const rates = this.series.get(currency);
    if (!rates) return;
    const index = countBefore(rates, date);
    if (rates[index]?.date === date) rates.splice(index, 1);
    this.resolved.clear();
  }

  /** The conversion of an event of that UTC date, or undefined when no rate is old enough: the event parks. */
  resolve(vendorCurrency: string, reportingCurrency: string, eventUtcDate: string): AppliedFx | undefined {
    if (vendorCurrency === reportingCurrency) return IDENTITY_FX;
    const key = `${vendorCurrency}${reportingCurrency}${eventUtcDate}`;
    if (this.resolved.has(key)) return this.resolved.get(key);
    const applied = this.compute(vendorCurrency, reportingCurrency, eventUtcDate);
    if (this.resolved.size > 10_000) this.resolved.clear();
    this.resolved.set(key, applied);
    return applied;
  }

  private compute(from: string, to: string, eventUtcDate: string): AppliedFx | undefined {
    // The euro's own "rate" is 1 on every date of the other currency.
    const driving = this.series.get(from === 'EUR' ? to : from) ?? [];
    for (let index = countBefore(driving, eventUtcDate) - 1; index >= 0; index -= 1) {
      const date = driving[index]!.date;
      const fromRate = this.rateOn(from, date);
      const toRate = this.rateOn(to, date);
      if (!fromRate || !toRate) continue;
      return { rate: crossRate(fromRate, toRate), date, source: 'ECB', stale: daysBetween(date, eventUtcDate) > FX_STALE_AFTER_DAYS };
    }
    return undefined;
  }

  private rateOn(currency: string, date: string): Decimal | undefined {
    if (currency === 'EUR') return Decimal.ONE;
    const rates = this.series.get(currency) ?? [];
    const candidate = rates[countBefore(rates, date)];
    return candidate?.date === date ? candidate.rate : undefined;
  }
}
