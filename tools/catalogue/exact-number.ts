import { Decimal } from '@tollgate/domain';

const JSON_NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
/** What a double can hold for certain; digits beyond it are noise of somebody's float arithmetic (0.00056666666666666667). */
const SIGNIFICANT_DIGITS = 15;

/** Reads a JSON number's text exactly and rounds it to 15 significant digits, half-even. Throws for a text that is no number. */
export function exactNumber(text: string): Decimal {
  const match = JSON_NUMBER.exec(text);
  if (!match) throw new Error(`Not a number: ${text}`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const coefficient = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  const exact = scale >= 0 ? Decimal.from(coefficient, scale) : Decimal.from(coefficient * 10n ** BigInt(-scale));
  return roundToSignificant(exact, SIGNIFICANT_DIGITS);
}

/** Rounds to so many significant digits, half-even. */
export function roundToSignificant(value: Decimal, digits: number): Decimal {
  const length = value.abs().coefficient.toString().length;
  if (length <= digits) return value;
  return value.round(Math.max(0, value.scale - (length - digits)), 'half-even');
}
