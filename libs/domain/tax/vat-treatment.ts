import { isEuMember, standardRate, vatTerritory } from './standard-rates';

/** Who sells or buys, as far as VAT asks. */
export interface VatParty {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** With its country prefix; empty or absent for none. */
  readonly vatId?: string;
}

/** How an invoice is taxed. */
export interface VatTreatment {
  readonly kind: 'domestic' | 'reverse_charge' | 'outside_scope';
  /** Decimal string. */
  readonly ratePercent: string;
  /** The sentence that the invoice must carry; empty for domestic. */
  readonly note: string;
}

const REVERSE_CHARGE_NOTE = 'Reverse charge: VAT is due by the customer (Articles 44 and 196 of Directive 2006/112/EC).';
const OUTSIDE_NOTE =
  'Not subject to VAT: the place of supply is outside the territory of the seller (Article 44 of Directive 2006/112/EC).';
const OUTSIDE_OTHER_NOTE = 'Not subject to VAT or sales tax in the country of the seller.';

/**
 * The VAT treatment of services between businesses.
 * - Same VAT territory: the territory's standard rate on that date.
 * - Seller and customer in different member states: reverse charge when the customer has a VAT id of a member state other than the seller's. Without one
 *   the customer is not shown to be a business, so the seller's domestic rate applies; sales to consumers (One Stop Shop) are not ours.
 * - Everything else is outside the scope of the seller's VAT.
 * @param at the tax point as `YYYY-MM-DD` or RFC 3339
 */
export function vatTreatment({ seller, customer, at }: { seller: VatParty; customer: VatParty; at: string }): VatTreatment {
  const from = vatTerritory(seller.country);
  const to = vatTerritory(customer.country);
  const domesticRate = standardRate(from, at.slice(0, 10));
  const domestic: VatTreatment = { kind: 'domestic', ratePercent: domesticRate ?? '0', note: '' };
  if (domesticRate === undefined) return { kind: 'outside_scope', ratePercent: '0', note: OUTSIDE_OTHER_NOTE };
  if (from === to) return domestic;
  if (!isEuMember(from)) return { kind: 'outside_scope', ratePercent: '0', note: OUTSIDE_OTHER_NOTE };
  if (!isEuMember(to)) return { kind: 'outside_scope', ratePercent: '0', note: OUTSIDE_NOTE };
  return isForeignMemberVatId(customer.vatId, from) ? { kind: 'reverse_charge', ratePercent: '0', note: REVERSE_CHARGE_NOTE } : domestic;
}

/** Whether the VAT id names a member state other than `sellerTerritory`. Its form is checked where it is entered. */
function isForeignMemberVatId(vatId: string | undefined, sellerTerritory: string): boolean {
  const prefix = /^([A-Za-z]{2})[A-Za-z0-9 .-]{2,}$/.exec(vatId?.trim() ?? '')?.[1];
  // XI numbers are valid for goods only, and vatTerritory already counts them as British.
  return prefix !== undefined && isEuMember(prefix) && vatTerritory(prefix) !== sellerTerritory;
}
