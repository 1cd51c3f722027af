import { describe, expect, it } from 'vitest';
import { isCountry } from './country';
import { isSupportedCurrency, SUPPORTED_CURRENCIES } from './currency';
import { parseTimeZone } from './time-zone';

describe('a country', () => {
  it.each(['DE', 'GB', 'US', 'AX', 'ZW'])('%s is assigned in ISO 3166-1', (code) => expect(isCountry(code)).toBe(true));
  it.each(['de', 'UK', 'EU', 'XI', 'XK', 'ZZ', ''])('%j is not', (code) => expect(isCountry(code)).toBe(false));
});

describe('a currency', () => {
  it('is the euro or one of the 29 that the ECB quotes', () => expect(SUPPORTED_CURRENCIES).toHaveLength(30));
  it.each(['EUR', 'USD', 'JPY', 'CHF'])('%s is supported', (code) => expect(isSupportedCurrency(code)).toBe(true));
  // The rouble is suspended; kuna and lev became the euro; the dinar never had a reference rate.
  it.each(['eur', 'RUB', 'HRK', 'BGN', 'KWD', 'XXX'])('%s is not', (code) => expect(isSupportedCurrency(code)).toBe(false));
});

describe('a time zone', () => {
  it.each([
    ['UTC', 'UTC'],
    ['europe/berlin', 'Europe/Berlin'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
  ])('%s is %s', (name, zone) => expect(parseTimeZone(name)).toBe(zone));
  it.each(['+01:00', 'CEST', 'Europe/Atlantis', 'Berlin', '', 'Etc'])('%j is none', (name) => expect(parseTimeZone(name)).toBeNull());
});
