import { expect, it } from 'vitest';
import { CurrencyError, isCurrency, minorUnits } from './currency';

it.each([
  ['EUR', 2],
  ['USD', 2],
  ['JPY', 0],
  ['KRW', 0],
  ['HUF', 2],
  ['KWD', 3],
  ['TND', 3],
])('%s has %i digits after the point', (currency, digits) => {
  expect(minorUnits(currency)).toBe(digits);
});

it.each(['', 'eur', 'EURO', 'XXX', 'XAU', 'BTC', 'constructor'])('%j is not a currency', (code) => {
  expect(isCurrency(code)).toBe(false);
  expect(() => minorUnits(code)).toThrow(CurrencyError);
});
