import {
  type AppliedFx,
  Decimal,
  DecimalError,
  type FxBook,
  type ModelPrices,
  QuantityError,
  type Quantities,
  rateUsage,
  RatingError,
  utcDate,
} from '@tollgate/domain';
import type { Directory, Terms } from '../directory/directory';

const DAY_MS = 86_400_000;

/** Prices the calls of one organisation to one model as pricing will, so that a caller learns at once what a call cost. */
export class CallPricer {
  /** What the catalogue lists; undefined when it lists nothing that can be used. */
  readonly prices: ModelPrices | undefined;
  private day = -1;
  private date = '';

  constructor(
    directory: Directory,
    target: { readonly provider: string; readonly model: string },
    private readonly ownConnection: boolean,
    private readonly terms: Terms,
    readonly currency: string,
    private readonly fxBook: FxBook = directory.fx,
  ) {
    this.prices = pricesOf(directory, target);
  }

  /** Percent with which budgets count the vendor's cost: they hold what is billed plus what the vendor bills directly. */
  get percentOnCost(): Decimal {
    return this.ownConnection ? this.terms.feePercent : this.terms.percent;
  }

  /** What the call adds to the organisation's spending: billed plus direct. Null when it cannot be priced here and now. */
  total(quantities: Quantities, attributes: Readonly<Record<string, string>>, occurredAt: number): string | null {
    try {
      const rated = rateUsage({
        quantities,
        attributes,
        occurredAt,
        prices: this.prices,
        markupPercent: this.terms.percent,
        ownConnection: this.ownConnection,
        feePercent: this.terms.feePercent,
        fx: (vendorCurrency) => this.fx(vendorCurrency, occurredAt),
        currency: this.currency,
      });
      if ('parked' in rated) return null;
      return this.ownConnection ? Decimal.parse(rated.amount).plus(Decimal.parse(rated.direct)).toString() : rated.amount;
    } catch (error) {
      if (error instanceof QuantityError || error instanceof RatingError || error instanceof DecimalError) return null;
      throw error;
    }
  }

  /** The conversion from a vendor's currency at that time. */
  fx(vendorCurrency: string, occurredAt: number): AppliedFx | undefined {
    const day = Math.floor(occurredAt / DAY_MS);
    if (day !== this.day) {
      this.day = day;
      this.date = utcDate(occurredAt);
    }
    return this.fxBook.resolve(vendorCurrency, this.currency, this.date);
  }
}

function pricesOf(directory: Directory, { provider, model }: { provider: string; model: string }): ModelPrices | undefined {
  try {
    return directory.prices.modelPrices(provider, model);
  } catch {
    // A price that cannot be applied: pricing parks the event, and somebody mends the price.
    return undefined;
  }
}
