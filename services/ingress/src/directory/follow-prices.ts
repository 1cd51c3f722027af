import type { FxRate, Price } from '@tollgate/contracts';
import { Decimal, FxBook, PriceBook } from '@tollgate/domain';
import type { DirectoryView } from '@tollgate/platform/directory';

/** A price book that follows the published list prices. */
export function followPrices(view: DirectoryView<Price>): PriceBook {
  const book = new PriceBook();
  const known = new Map<string, { provider: string; model: string }>();
  view.onChange((key, price) => {
    const before = known.get(key);
    if (before) book.remove(key, before.provider, before.model);
    known.delete(key);
    if (!price) return;
    known.set(key, { provider: price.provider, model: price.model });
    book.put(key, price);
  });
  return book;
}

/** An FX book that follows the published euro rates. A rate that is none is left out: what needs it cannot be priced here. */
export function followRates(view: DirectoryView<FxRate>): FxBook {
  const book = new FxBook();
  const known = new Map<string, { currency: string; date: string }>();
  view.onChange((key, rate) => {
    const before = known.get(key);
    if (before) book.remove(before.currency, before.date);
    known.delete(key);
    const value = rate && positive(rate.rate);
    if (!rate || !value) return;
    known.set(key, { currency: rate.currency, date: rate.date });
    book.put(rate.currency, rate.date, value);
  });
  return book;
}

function positive(text: string): Decimal | undefined {
  try {
    const value = Decimal.parse(text);
    return value.isZero() || value.isNegative() ? undefined : value;
  } catch {
    return undefined;
  }
}
