/** One price of the vendor's list or of a price book, as it travels: the price of `per` units in a currency, under conditions, for a span of time. */
export interface Price {
  /** Version id, named by every charge that used it. */
  readonly version: string;
  readonly provider: string;
  readonly model: string;
  readonly unit: string;
  /** Decimal string: the price of `per` units. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
  /** A power of ten, such as 1 or 1000000. */
  readonly per: string;
  /** All must hold; see conditions.ts. */
  readonly conditions: Readonly<Record<string, string>>;
  /** RFC 3339, inclusive; empty from the beginning of time. */
  readonly validFrom: string;
  /** RFC 3339, exclusive; empty for open. */
  readonly validTo: string;
}

/** A price, or what a call is rated with, cannot be used as it is. */
export class RatingError extends Error {
  override readonly name = 'RatingError';
}
