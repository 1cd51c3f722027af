import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { PricingFixture, record, usage } from '../fixtures/pricing.fixture';

let pricing: PricingFixture;
let serial = 0;
const newId = () => `0e000000-0000-4000-8000-${String((serial += 1)).padStart(12, '0')}`;

beforeAll(async () => {
  pricing = await PricingFixture.create(await freshDatabase(inject('databaseUrl'), 'pricing_post'));
  await pricing.price('input_tokens', '2.5');
  await pricing.price('output_tokens', '10');
  await pricing.rate('USD', '2026-10-13', '1.25');
});
afterAll(() => pricing.close());
beforeEach(() => pricing.forget());

describe('a usage event', () => {
  it('becomes one charge that explains itself line by line', async () => {
    const id = newId();
    await pricing.handler.handle([record(1, usage(id))]);
    // 1 USD = 1 / 1.25 EUR = 0.8. Input 1000 × 2.5 / 1,000,000 × 0.8 = 0.002; output 200 × 10 / 1,000,000 × 0.8 = 0.0016; together 0.0036.
    expect(pricing.charges).toMatchObject([
      {
        chargeId: id,
        eventId: id,
        currency: 'EUR',
        cost: '0.0036',
        amount: '0.0036',
        direct: '0',
        period: '2026-10',
        requests: 1,
        ratedAt: '2026-10-14T10:00:05.000Z',
        fx: { rate: '0.8', date: '2026-10-13', source: 'ECB', stale: false },
        lines: [
          { unit: 'input_tokens', quantity: '1000', rate: '2.5', per: '1000000', currency: 'USD', cost: '0.002', amount: '0.002' },
          { unit: 'output_tokens', quantity: '200', rate: '10', per: '1000000', currency: 'USD', cost: '0.0016', amount: '0.0016' },
        ],
      },
    ]);
  });
});
