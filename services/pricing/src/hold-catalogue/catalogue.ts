import { Decimal, FxBook, PriceBook, utcDate, type AppliedFx, type ModelPrices, type Price } from '@tollgate/domain';

/** One version of an organisation's price book. */
export interface MarkupVersion {
  readonly organizationId: string;
  /** Epoch milliseconds, inclusive; -Infinity from the beginning of time. */
  readonly validFrom: number;
  /** Grows with every change; of two versions that begin together the later one counts. */
  readonly change: bigint;
  readonly percent: Decimal;
  readonly feePercent: Decimal;
}

export interface FxRow {
  readonly currency: string;
  readonly date: string;
  readonly rate: string;
}

/** What has been added since a change number. */
export interface CatalogueChanges {
  readonly change: bigint;
  readonly prices: readonly Price[];
  readonly fx: readonly FxRow[];
  readonly markups: readonly MarkupVersion[];
}

const NO_MARKUP = { percent: Decimal.ZERO, feePercent: Decimal.ZERO };

/** All list prices, mark-ups and FX rates in memory, by version: what usage is rated with. */
export class Catalogue {
  readonly #prices = new PriceBook();
  readonly #fx = new FxBook();
  readonly #markups = new Map<string, MarkupVersion[]>();
  #change = -1n;

  /** The newest change that is included; -1 before anything was loaded. */
  get change(): bigint {
    return this.#change;
  }

  /** Adds what is newer. Order within one kind does not matter. */
  apply({ change, prices, fx, markups }: CatalogueChanges): void {
    for (const price of prices) this.#prices.put(price.version, price);
    for (const { currency, date, rate } of fx) this.#fx.put(currency, date, Decimal.parse(rate));
    for (const markup of markups) {
      const versions = [...(this.#markups.get(markup.organizationId) ?? []), markup];
      versions.sort((left, right) => right.validFrom - left.validFrom || (left.change < right.change ? 1 : -1));
      this.#markups.set(markup.organizationId, versions);
    }
    this.#change = change;
  }

  modelPrices(provider: string, model: string): ModelPrices | undefined {
    return this.#prices.modelPrices(provider, model);
  }

  /** The price book that counted at that moment; without one, the list price and no fee. */
  markup(organizationId: string, epochMs: number): { readonly percent: Decimal; readonly feePercent: Decimal } {
    return this.#markups.get(organizationId)?.find(({ validFrom }) => validFrom <= epochMs) ?? NO_MARKUP;
  }

  /** The conversion of a vendor's currency for an event of that moment, or undefined when no rate is old enough. */
  fx(vendorCurrency: string, reportingCurrency: string, epochMs: number): AppliedFx | undefined {
    return this.#fx.resolve(vendorCurrency, reportingCurrency, utcDate(epochMs));
  }
}
