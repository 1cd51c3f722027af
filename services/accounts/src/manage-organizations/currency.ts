/** The euro and the currencies for which the ECB publishes a daily reference rate: only these can be converted, so only these can be invoiced in. */
const CURRENCIES = new Set(
  'EUR AUD BRL CAD CHF CNY CZK DKK GBP HKD HUF IDR ILS INR ISK JPY KRW MXN MYR NOK NZD PHP PLN RON SEK SGD THB TRY USD ZAR'.split(' '),
);

export const SUPPORTED_CURRENCIES: readonly string[] = [...CURRENCIES];

export function isSupportedCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}
