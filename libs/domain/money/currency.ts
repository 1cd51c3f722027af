/** ISO 4217 list one (active codes of countries and unions, without funds, metals and test codes), by digits of the minor unit. */
const CODES_BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB ' +
    'EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT ' +
    'MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN ' +
    'SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
};

const DIGITS = new Map<string, number>();
for (const [digits, codes] of Object.entries(CODES_BY_DIGITS)) for (const code of codes.split(' ')) DIGITS.set(code, Number(digits));

/** The code is not an active ISO 4217 currency. */
export class CurrencyError extends Error {
  override readonly name = 'CurrencyError';
}

/** Whether `code` is an active ISO 4217 currency, in capitals. */
export function isCurrency(code: string): boolean {
  return DIGITS.has(code);
}

/** Digits of the currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD. Throws CurrencyError for an unknown code. */
export function minorUnits(currency: string): number {
  const digits = DIGITS.get(currency);
  if (digits === undefined) throw new CurrencyError(`Not an active ISO 4217 currency: ${currency}`);
  return digits;
}
