import { FxBook, Decimal, PriceBook, isCurrency, isUnit } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import { priceIdentity, seedVersion } from './price-version';
import { readSeedData } from './read-data';

const data = readSeedData();

describe('the data files', () => {
  it('price at least 1,500 models', () => {
    expect(new Set(data.prices.map(({ provider, model }) => `${provider}/${model}`)).size).toBeGreaterThanOrEqual(1_500);
  });

  it('hold only prices that can be applied: known units, currencies and conditions, each once', () => {
    const prices = data.prices.map((price) => ({ ...price, version: seedVersion(price, ''), validFrom: '', validTo: '' }));
    const book = PriceBook.of(prices);
    for (const { provider, model } of data.models) book.modelPrices(provider, model);
    expect(prices.filter(({ unit, currency }) => !isUnit(unit) || !isCurrency(currency))).toEqual([]);
    expect(new Set(data.prices.map(priceIdentity)).size).toBe(data.prices.length);
    expect(new Set(prices.map(({ version }) => version)).size).toBe(prices.length);
  });

  it('name each model once, by a provider id without a slash', () => {
    expect(data.models.filter(({ provider, model }) => !/^[a-z0-9-]+$/.test(provider) || model.trim() !== model || model === '')).toEqual(
      [],
    );
    expect(new Set(data.models.map(({ provider, model }) => `${provider}/${model}`)).size).toBe(data.models.length);
  });

  it('hold rates of three years and of every currency that the ECB quotes', () => {
    const book = new FxBook();
    for (const { currency, date, rate } of data.rates) book.put(currency, date, Decimal.parse(rate));
    // Of 30 October 2026: 175.68 yen and 1.1172 dollars per euro; 175.68 / 1.1172 = 157.250268528464…
    expect(book.resolve('USD', 'JPY', '2026-10-31')?.rate.toString()).toMatch(/^157\.25026852846/);
    expect(new Set(data.rates.map(({ currency }) => currency)).size).toBe(30);
  });

  it.each([
    ['openai', 'gpt-4o', 'input_tokens', '2.5', '1000000'],
    ['openai', 'whisper-1', 'input_audio_seconds', '0.0001', '1'],
    ['anthropic', 'claude-haiku-4-5-20251001', 'output_tokens', '5', '1000000'],
    ['google', 'gemini-2.5-pro', 'input_tokens', '1.25', '1000000'],
    ['groq', 'openai/gpt-oss-20b', 'input_tokens', '0.075', '1000000'],
  ])('list %s/%s %s', (provider, model, unit, amount, per) => {
    const found = data.prices.filter((price) => price.provider === provider && price.model === model && price.unit === unit);
    expect(found.find(({ conditions }) => Object.keys(conditions).length === 0)).toMatchObject({ amount, per, currency: 'USD' });
  });
});
