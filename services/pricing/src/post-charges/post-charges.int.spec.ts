import { Outcome } from '@tollgate/contracts';
import { freshDatabase } from '@tollgate/testing';
import { v5 as uuidV5 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { PricingFixture, record, usage } from '../fixtures/pricing.fixture';

let pricing: PricingFixture;
let serial = 0;
const newId = () => `0e000000-0000-4000-8000-${String((serial += 1)).padStart(12, '0')}`;
let sequence = 0;
const next = (value: ReturnType<typeof usage>) => record((sequence += 1), value);

beforeAll(async () => {
  pricing = await PricingFixture.create(await freshDatabase(inject('databaseUrl'), 'pricing_post'));
  await pricing.price('input_tokens', '2.5');
  await pricing.price('output_tokens', '10');
  await pricing.rate('USD', '2026-10-13', '1.25');
});
afterAll(() => pricing.close());
beforeEach(() => {
  pricing.forget();
  pricing.publishing = 'works';
});

describe('a usage event', () => {
  it('becomes one charge that explains itself line by line', async () => {
    const id = newId();
    await pricing.handler.handle([next(usage(id))]);
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

  it('bills the mark-up on a shared connection, and on an own one the fee alone, whose cost is direct', async () => {
    const { rows } = await pricing.owner.query<{ change: string }>('UPDATE catalogue_state SET change = change + 1 RETURNING change');
    await pricing.owner.query('ALTER TABLE markups NO FORCE ROW LEVEL SECURITY');
    const organizationId = '0a000000-0000-4000-8000-0000000000b0';
    pricing.organizations.set(organizationId, { ...pricing.organizations.values().next().value!, id: organizationId });
    await pricing.owner.query("INSERT INTO markups VALUES ($1, '-infinity', 10, 2, $2)", [organizationId, rows[0]!.change]);
    const [shared, own] = [newId(), newId()];
    await pricing.handler.handle([next(usage(shared, { organizationId })), next(usage(own, { organizationId, ownConnection: true }))]);
    expect(pricing.charges).toMatchObject([
      // 0.0036 × 1.10 = 0.00396
      { eventId: shared, cost: '0.0036', amount: '0.00396', direct: '0' },
      // 0.0036 × 0.02 = 0.000072
      { eventId: own, cost: '0.0036', amount: '0.000072', direct: '0.0036' },
    ]);
  });

  it.each([Outcome.OUTCOME_NOT_SENT, Outcome.OUTCOME_REFUSED, Outcome.OUTCOME_FAILED])(
    'with outcome %i is a charge of zero and no request',
    async (outcome) => {
      await pricing.handler.handle([next(usage(newId(), { outcome, model: 'without-a-price' }))]);
      expect(pricing.charges).toMatchObject([{ cost: '0', amount: '0', lines: [], requests: 0, outcome }]);
    },
  );

  it('belongs to the month of the organisation’s own time zone', async () => {
    // 23:30 UTC on 30 September is 01:30 on 1 October in Berlin.
    await pricing.rate('USD', '2026-09-29', '1.25');
    await pricing.handler.handle([next(usage(newId(), { occurredAt: '2026-09-30T23:30:00.000Z' }))]);
    expect(pricing.charges[0]!.period).toBe('2026-10');
  });

  it('uses a rate older than seven days and says so', async () => {
    // The newest rate is of 13 October; eight days on is 21 October.
    await pricing.handler.handle([next(usage(newId(), { occurredAt: '2026-10-21T10:00:00.000Z' }))]);
    expect(pricing.charges[0]!.fx).toMatchObject({ date: '2026-10-13', stale: true });
  });
});

describe('the same event again', () => {
  it('changes nothing and publishes what the ledger says, whatever its times', async () => {
    const id = newId();
    const event = next(usage(id));
    await pricing.handler.handle([event]);
    const [first] = pricing.charges;
    pricing.forget();
    pricing.now += 60_000;
    await pricing.handler.handle([
      event,
      next(usage(id, { occurredAt: '2026-10-12T09:00:00.000Z', receivedAt: '2026-10-14T11:00:00.000Z' })),
    ]);
    expect(pricing.charges).toEqual([first]);
    expect(await pricing.count('charges', `event_id = '${id}'`)).toBe(1);
    expect(await pricing.count('conflicts', `event_id = '${id}'`)).toBe(0);
    // Accepted again under another number is a duplicate; read again from Kafka is none.
    expect(await pricing.count('duplicates', `event_id = '${id}'`)).toBe(1);
  });

  it('with other content is a conflict: the first stands, also within one batch', async () => {
    const id = newId();
    await pricing.handler.handle([next(usage(id)), next(usage(id, { quantities: { input_tokens: '1' } }))]);
    await pricing.handler.handle([next(usage(id, { quantities: { input_tokens: '2' } }))]);
    expect(new Set(pricing.charges.map(({ cost }) => cost))).toEqual(new Set(['0.0036']));
    expect(await pricing.count('conflicts', `event_id = '${id}'`)).toBe(2);
    expect(await pricing.count('charges', `event_id = '${id}'`)).toBe(1);
  });

  it('is published after a crash between commit and publish, and booked once', async () => {
    const events = [next(usage(newId())), next(usage(newId(), { model: 'not-priced-yet' }))];
    pricing.publishing = 'fails';
    await expect(pricing.handler.handle(events)).rejects.toThrow('died before publishing');
    const booked = await pricing.count('rated_events');
    pricing.publishing = 'works';
    await pricing.handler.handle(events);
    expect(pricing.charges).toHaveLength(1);
    expect(pricing.parked).toHaveLength(1);
    expect(await pricing.count('rated_events')).toBe(booked);
  });

  it('leaves books that sum to the same, however often and in whatever batches a topic is replayed', async () => {
    const events = Array.from({ length: 60 }, (_, index) => next(usage(newId(), { quantities: { input_tokens: String(index + 1) } })));
    await pricing.handler.handle(events);
    const sums = () =>
      pricing.owner.query(
        'SELECT count(*), sum(amount), (SELECT sum(amount) FROM recent_totals) AS recent, (SELECT sum(charges) FROM recent_totals) AS n FROM charges',
      );
    const before = (await sums()).rows;
    await Promise.all([pricing.handler.handle(events.slice(0, 40)), pricing.handler.handle(events.slice(20).reverse())]);
    expect((await sums()).rows).toEqual(before);
  });
});

describe('what can never be booked', () => {
  it.each([
    ['an unknown unit', { quantities: { smiles: '3' } }],
    ['a negative quantity', { quantities: { input_tokens: '-1' } }],
    ['a time that is none', { occurredAt: 'yesterday' }],
    ['an id that is none', { eventId: 'e1' }],
    ['a correction of what is not in the books', { correctsEventId: '0e000000-0000-4000-8000-99999999ffff' }],
  ])('is set aside and leaves nothing behind: %s', async (_, over) => {
    const before = await pricing.count('rated_events');
    await expect(pricing.handler.handle([next(usage(newId(), over))])).rejects.toMatchObject({ name: 'PoisonRecordError' });
    expect(await pricing.count('rated_events')).toBe(before);
  });
});

describe('a correction', () => {
  it('takes the estimate back and posts the truth, as entries that name what they correct', async () => {
    const [estimate, truth] = [newId(), newId()];
    await pricing.handler.handle([next(usage(estimate, { estimated: true }))]);
    pricing.forget();
    const correction = next(usage(truth, { correctsEventId: estimate, quantities: { input_tokens: '500' } }));
    await pricing.handler.handle([correction]);
    // The truth: 500 × 2.5 / 1,000,000 × 0.8 = 0.001.
    const entries = [
      {
        chargeId: uuidV5('reversal', truth),
        eventId: estimate,
        amount: '-0.0036',
        requests: 0,
        correctsChargeId: estimate,
        estimated: true,
      },
      { chargeId: uuidV5('truth', truth), eventId: estimate, amount: '0.001', requests: 0, correctsChargeId: estimate, estimated: false },
    ];
    expect(pricing.charges).toMatchObject(entries);
    expect(pricing.charges[0]!.quantities).toEqual({ input_tokens: '-1000', output_tokens: '-200' });
    pricing.forget();
    await pricing.handler.handle([correction]);
    expect(pricing.charges).toMatchObject(entries);
    const { rows } = await pricing.owner.query(
      'SELECT trim_scale(sum(amount)) AS amount, sum(requests)::int AS requests FROM charges WHERE event_id = $1',
      [estimate],
    );
    expect(rows).toEqual([{ amount: '0.001', requests: 1 }]);
  });

  it('of a correction reverses the newest truth', async () => {
    const [estimate, first, second] = [newId(), newId(), newId()];
    await pricing.handler.handle([
      next(usage(estimate, { estimated: true })),
      next(usage(first, { correctsEventId: estimate, quantities: { input_tokens: '500' } })),
      next(usage(second, { correctsEventId: estimate, quantities: { input_tokens: '400' } })),
    ]);
    const { rows } = await pricing.owner.query(
      'SELECT trim_scale(sum(amount)) AS amount, count(*)::int AS entries FROM charges WHERE event_id = $1',
      [estimate],
    );
    // 400 × 2.5 / 1,000,000 × 0.8 = 0.0008; the estimate and two corrections of two entries each.
    expect(rows).toEqual([{ amount: '0.0008', entries: 5 }]);
  });

  it('of a parked event takes its place, and is charged as that event', async () => {
    const [estimate, truth] = [newId(), newId()];
    await pricing.handler.handle([next(usage(estimate, { model: 'parked-first', estimated: true }))]);
    expect(pricing.parked).toMatchObject([{ reason: 'no_price' }]);
    await pricing.handler.handle([next(usage(truth, { correctsEventId: estimate, quantities: { input_tokens: '500' } }))]);
    expect(pricing.charges).toMatchObject([{ chargeId: estimate, amount: '0.001', requests: 1, correctsChargeId: '' }]);
    expect(await pricing.count('parked_usage', `event_id IN ('${estimate}', '${truth}')`)).toBe(0);
  });
});
