import { topics } from '@tollgate/contracts';
import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { PricingFixture } from '../fixtures/pricing.fixture';
import { readSeedData, type SeedData, type SeedPrice } from './read-data';
import { seedCatalogue } from './seed-catalogue';

let pricing: PricingFixture;
const clock = { now: () => Date.parse('2026-11-24T12:00:00.000Z') };
const price = (unit: string, amount: string): SeedPrice => ({
  provider: 'openai',
  model: 'gpt-x',
  unit,
  amount,
  currency: 'USD',
  per: '1000000',
  conditions: {},
});
const snapshot = (digest: string, prices: SeedPrice[]): SeedData => ({
  digest,
  source: `spec ${digest}`,
  models: [{ provider: 'openai', model: 'gpt-x', modality: 'chat', maxInputTokens: 10, maxOutputTokens: 5, deprecationDate: '' }],
  prices,
  rates: [
    { currency: 'USD', date: '2026-10-30', rate: '1.1172' },
    { currency: 'USD', date: '2025-08-29', rate: '1.1' },
  ],
});

async function published() {
  const { rows } = await pricing.owner.query<{ topic: string; key: string; value: Buffer }>(
    'SELECT topic, key, value FROM outbox ORDER BY id',
  );
  await pricing.owner.query('DELETE FROM outbox');
  return rows;
}

beforeAll(async () => {
  pricing = await PricingFixture.create(await freshDatabase(inject('databaseUrl'), 'pricing_seed'));
});
afterAll(() => pricing.close());

describe('seeding', () => {
  it('lists prices from the beginning of time, and tells models, prices and the rates of 14 months', async () => {
    expect(await seedCatalogue(pricing.owner, snapshot('one', [price('input_tokens', '2'), price('output_tokens', '8')]), clock)).toEqual({
      models: 1,
      prices: 2,
      rates: 2,
    });
    const told = await published();
    expect(told.map(({ key }) => key)).toEqual([
      'openai/gpt-x',
      'openai/gpt-x/input_tokens//',
      'openai/gpt-x/output_tokens//',
      'USD/2026-10-30',
    ]);
    expect(topics.prices.decode(told[1]!.value)).toMatchObject({ amount: '2', validFrom: '', validTo: '' });
  });

  it('does nothing with files that were taken before', async () => {
    expect(await seedCatalogue(pricing.owner, snapshot('one', []), clock)).toEqual({ models: 0, prices: 0, rates: 0 });
    expect(await published()).toEqual([]);
  });

  it('ends a price that changed and begins its successor, and leaves an operator’s alone', async () => {
    await pricing.owner.query("UPDATE list_prices SET source = 'posted by a key' WHERE unit = 'output_tokens'");
    const newer = snapshot('two', [price('input_tokens', '3'), price('output_tokens', '9'), price('input_cached_tokens', '1')]);
    expect(await seedCatalogue(pricing.owner, newer, clock)).toMatchObject({ prices: 3 });
    const { rows } = await pricing.owner.query(
      'SELECT unit, trim_scale(amount) AS amount, valid_from, valid_to FROM list_prices ORDER BY unit, valid_from NULLS FIRST',
    );
    const now = new Date(clock.now());
    expect(rows).toEqual([
      { unit: 'input_cached_tokens', amount: '1', valid_from: null, valid_to: null },
      { unit: 'input_tokens', amount: '2', valid_from: null, valid_to: now },
      { unit: 'input_tokens', amount: '3', valid_from: now, valid_to: null },
      { unit: 'output_tokens', amount: '8', valid_from: null, valid_to: null },
    ]);
    const ended = (await published()).find(({ key }) => key === 'openai/gpt-x/input_tokens//')!;
    expect(topics.prices.decode(ended.value).validTo).toBe(now.toISOString());
  });

  it('takes the project’s own files, every price of which can be loaded', async () => {
    const data = readSeedData();
    const seeded = await seedCatalogue(pricing.owner, data, clock);
    expect(seeded.prices).toBe(data.prices.length);
    await pricing.loader.refresh();
    expect(pricing.loader.catalogue.modelPrices('openai', 'gpt-4o')).toBeDefined();
    // 1 USD on 2026-10-30 = 1 / 1.1172 EUR = 0.895094880057286…
    expect(pricing.loader.catalogue.fx('USD', 'EUR', clock.now())).toMatchObject({ date: '2026-10-30', stale: true });
  });
});
