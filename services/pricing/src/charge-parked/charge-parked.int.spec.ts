import { topics } from '@tollgate/contracts';
import { freshDatabase } from '@tollgate/testing';
import { v5 as uuidV5 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { ACME, organization, PricingFixture, record, usage } from '../fixtures/pricing.fixture';
import { ChargeParked } from './charge-parked';

let pricing: PricingFixture;
let worker: ChargeParked;
let serial = 0;
const newId = () => `0f000000-0000-4000-8000-${String((serial += 1)).padStart(12, '0')}`;
const next = (value: ReturnType<typeof usage>) => record((serial += 1), value);

/** What the outbox holds for charge.posted, and empties it. */
async function published() {
  const { rows } = await pricing.owner.query<{ topic: string; key: string; value: Buffer }>(
    'SELECT topic, key, value FROM outbox ORDER BY id',
  );
  await pricing.owner.query('DELETE FROM outbox');
  return {
    charges: rows.filter(({ topic }) => topic === topics.chargePosted.name).map(({ value }) => topics.chargePosted.decode(value)),
    parked: rows.filter(({ topic }) => topic === topics.usageParked.name).map(({ value }) => topics.usageParked.decode(value)),
  };
}

beforeAll(async () => {
  pricing = await PricingFixture.create(await freshDatabase(inject('databaseUrl'), 'pricing_parked'));
  worker = new ChargeParked(pricing.consumer, pricing.loader, pricing.rater, pricing.organizations, { now: () => pricing.now });
});
afterAll(() => pricing.close());
beforeEach(() => pricing.forget());

describe('usage that cannot be priced', () => {
  it('is parked without a price, told, and charged once when the price has come', async () => {
    const id = newId();
    await pricing.rate('USD', '2026-10-13', '1.25');
    await pricing.handler.handle([next(usage(id, { quantities: { input_tokens: '1000' } }))]);
    expect(pricing.parked).toMatchObject([
      { reason: 'no_price', detail: 'No price for input_tokens', period: '2026-10', usage: { eventId: id } },
    ]);
    expect(pricing.charges).toEqual([]);
    expect(await worker.run()).toBe(0);

    await pricing.price('input_tokens', '2.5');
    pricing.now += 1_000;
    expect(await worker.run()).toBe(1);
    expect(await worker.run()).toBe(0);
    // 1000 × 2.5 / 1,000,000 × 0.8 = 0.002; rated now, occurred then.
    expect((await published()).charges).toMatchObject([
      { chargeId: id, amount: '0.002', ratedAt: new Date(pricing.now).toISOString(), occurredAt: '2026-10-14T10:00:00.000Z' },
    ]);
    expect(await pricing.count('parked_usage')).toBe(0);
    // Sent again, it is the charge that is published.
    await pricing.handler.handle([next(usage(id, { quantities: { input_tokens: '1000' } }))]);
    expect(pricing.charges).toMatchObject([{ chargeId: id, amount: '0.002' }]);
  });

  it('keeps its place while it comes again', async () => {
    const id = newId();
    const event = next(usage(id, { model: 'never-priced' }));
    await pricing.handler.handle([event]);
    await pricing.handler.handle([event]);
    expect(pricing.parked).toHaveLength(2);
    expect(await pricing.count('parked_usage', `event_id = '${id}'`)).toBe(1);
  });

  it('is parked without a rate of its currency', async () => {
    await pricing.price('input_tokens', '2.5', { model: 'gpt-in-yen', currency: 'JPY' });
    await pricing.handler.handle([next(usage(newId(), { model: 'gpt-in-yen', quantities: { input_tokens: '1000000' } }))]);
    expect(pricing.parked).toMatchObject([{ reason: 'no_fx_rate' }]);
    await pricing.rate('JPY', '2026-10-12', '160');
    expect(await worker.run()).toBe(1);
    // 2.5 JPY at 1/160 EUR: 0.00625 × 2.5 = 0.015625.
    expect((await published()).charges).toMatchObject([{ amount: '0.015625' }]);
  });

  it('is parked without its organisation, and says anew what it then waits for', async () => {
    const organizationId = '0a000000-0000-4000-8000-0000000000c1';
    const [priced, unpriced] = [newId(), newId()];
    await pricing.handler.handle([
      next(usage(priced, { organizationId, quantities: { input_tokens: '1000' } })),
      next(usage(unpriced, { organizationId, model: 'unheard-of' })),
    ]);
    expect(pricing.parked.map(({ reason }) => reason)).toEqual(['no_organization', 'no_organization']);
    expect(await worker.run()).toBe(0);
    pricing.organizations.set(organizationId, organization(organizationId, { currency: 'USD', timeZone: 'UTC' }));
    expect(await worker.run()).toBe(1);
    const told = await published();
    // 1000 × 2.5 / 1,000,000 = 0.0025 USD, no conversion.
    expect(told.charges).toMatchObject([{ chargeId: priced, amount: '0.0025', fx: { rate: '1', source: 'identity' } }]);
    expect(told.parked).toMatchObject([{ reason: 'no_price', usage: { eventId: unpriced } }]);
  });

  it('is charged once by two processes side by side', async () => {
    await pricing.price('characters', '15', { model: 'tts-other' });
    const events = Array.from({ length: 1_200 }, () => next(usage(newId(), { model: 'tts-late', quantities: { characters: '10' } })));
    await pricing.handler.handle(events);
    await pricing.price('characters', '15', { model: 'tts-late' });
    const other = new ChargeParked(pricing.consumer, pricing.loader, pricing.rater, pricing.organizations, { now: () => pricing.now });
    const [left, right] = await Promise.all([worker.run(), other.run()]);
    expect(left + right).toBe(1_200);
    expect(await pricing.count('charges', "model = 'tts-late'")).toBe(1_200);
  });

  it('parks a correction that cannot be priced: the earlier charge stands until the truth can replace it', async () => {
    const [estimate, truth] = [newId(), newId()];
    await pricing.handler.handle([
      next(usage(estimate, { estimated: true, quantities: { input_tokens: '1000' } })),
      next(usage(truth, { correctsEventId: estimate, quantities: { input_tokens: '800', pages: '2' } })),
    ]);
    expect(pricing.charges).toMatchObject([{ chargeId: estimate, amount: '0.002' }]);
    await published();
    await pricing.price('pages', '500000');
    await worker.run();
    expect((await published()).charges).toMatchObject([
      { chargeId: uuidV5('reversal', truth), eventId: estimate, amount: '-0.002' },
      // 800 × 2.5 / 1,000,000 × 0.8 + 2 × 500,000 / 1,000,000 × 0.8 = 0.0016 + 0.8
      { chargeId: uuidV5('truth', truth), eventId: estimate, organizationId: ACME, amount: '0.8016' },
    ]);
  });
});
