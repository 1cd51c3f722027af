import { checkVAT, countries } from 'jsvat-next';

/** Countries whose numbers jsvat can check by form and check digit: the EU, the United Kingdom with Northern Ireland, and Switzerland. */
const PREFIXES: Record<string, readonly string[]> = {
  ...Object.fromEntries(
    'AT BE BG CH CY CZ DE DK EE ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ').map((code) => [code, [code]]),
  ),
  GB: ['GB', 'XI'],
  GR: ['EL'],
  // Monaco is within the French VAT territory and uses French numbers.
  MC: ['FR'],
};
const FREE_FORM = /^[0-9A-Z]{2,30}$/;

export type VatIdCheck = { vatId: string } | { reason: string };

/**
 * The number without separators, checked against the country it belongs to. Numbers of Northern Ireland begin with XI and are otherwise those of the
 * United Kingdom; jsvat has not known them in every version, so it is asked about the GB number. Countries outside of the table have no checkable form:
 * any letters and digits are taken.
 */
export function parseVatId(text: string, country: string): VatIdCheck {
  const vatId = text.toUpperCase().replace(/[\s.\-/]/g, '');
  const prefixes = PREFIXES[country];
  if (!prefixes) return FREE_FORM.test(vatId) ? { vatId } : { reason: 'it may hold letters and digits only, 30 at most' };
  const prefix = prefixes.find((candidate) => vatId.startsWith(candidate));
  if (!prefix) return { reason: `a number of ${country} begins with ${prefixes.join(' or ')}` };
  const asked = prefix === 'XI' ? `GB${vatId.slice(2)}` : vatId;
  return checkVAT(asked, countries).isValid
    ? { vatId }
    : { reason: `it is no valid number of ${country}: a digit is wrong, missing or too many` };
}
