import { topics } from '@tollgate/contracts';
import { DirectoryReader } from '@tollgate/platform/directory';
import { dedicatedKafka, freshDatabase, type TestServer } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ACME, PRODUCER, record, usage } from './fixtures/pricing.fixture';
import { eventually, operator, OTHER, RunningPricing } from './fixtures/running-pricing.fixture';

const NOW = Date.now();
const occurredAt = new Date(NOW - 60_000).toISOString();
const period = occurredAt.slice(0, 7);
const id = (last: number) => `0e100000-0000-4000-8000-${String(last).padStart(12, '0')}`;

let broker: TestServer;
let pricing: RunningPricing;

beforeAll(async () => {
  broker = await dedicatedKafka();
  pricing = await RunningPricing.start(await freshDatabase(inject('databaseUrl'), 'pricing_service'), broker.address);
  await pricing.database.owner.query(
    "INSERT INTO models VALUES ('openai', 'gpt-test', 'chat', 1000, 100, NULL), ('openai', 'tts-test', 'speech', 0, 0, '2027-01-01')",
  );
});
afterAll(async () => {
  await pricing?.close();
  await broker?.stop();
});

describe('the pricing service', () => {
  it('turns a usage record into a charge on charge.posted and in the list of charges', async () => {
    await pricing.send(
      record(1, usage(id(1), { occurredAt, receivedAt: occurredAt, quantities: { input_tokens: '1000' }, tags: { project: 'search' } })),
    );
    // 1000 × 2.5 / 1,000,000 × 0.8 = 0.002
    await eventually(
      () => pricing.posted.get(id(1)),
      (charge) => charge?.amount === '0.002',
    );
    const { body } = await pricing.call<{ data: object[]; next: null }>('GET', `/api/v1/charges?requestId=${id(1)}`);
    expect(body).toMatchObject({
      data: [
        {
          id: id(1),
          eventId: id(1),
          project: 'search',
          team: null,
          amount: '0.002',
          currency: 'EUR',
          outcome: 'answered',
          estimated: false,
          fx: { rate: '0.8', source: 'ECB' },
          quantities: { input_tokens: '1000' },
          lines: [{ unit: 'input_tokens', quantity: '1000', rate: '2.5', currency: 'USD', cost: '0.002', amount: '0.002' }],
        },
      ],
      next: null,
    });
    expect((await pricing.call<{ data: object[] }>('GET', '/api/v1/charges', { as: { organizationId: OTHER } })).body.data).toEqual([]);
    expect((await pricing.call('GET', '/api/v1/charges', { as: { scopes: ['inference'] } })).status).toBe(403);
  });

  it('pages charges, the newest first, without losing or repeating one', async () => {
    const events = [10, 11, 12, 13, 14].map((n) =>
      record(n - 8, usage(id(n), { occurredAt, receivedAt: occurredAt, quantities: { input_tokens: '1' } })),
    );
    await pricing.send(...events);
    await eventually(() => [10, 11, 12, 13, 14].every((n) => pricing.posted.has(id(n))), Boolean);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await pricing.call<{ data: { id: string }[]; next: string | null }>(
        'GET',
        `/api/v1/charges?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...body.data.map((charge) => charge.id));
      cursor = body.next ?? '';
    } while (cursor);
    expect(seen).toEqual([id(14), id(13), id(12), id(11), id(10), id(1)]);
  });

  it('sets a poison record aside, keeps the others going, and shows the gap that it leaves', async () => {
    await pricing.send(
      record(7, usage(id(20), { occurredAt, quantities: { smiles: '1' } })),
      record(8, usage(id(21), { occurredAt, receivedAt: occurredAt, quantities: { input_tokens: '1' } })),
    );
    await eventually(() => pricing.posted.has(id(21)), Boolean);
    await eventually(
      () => pricing.database.count('dead_letters'),
      (count) => count === 1,
    );
    const { body } = await pricing.call<{ producers: object[] }>('GET', `/api/v1/completeness?period=${period}`);
    expect(body.producers).toMatchObject([{ id: PRODUCER, epoch: 1, contiguousTo: '6', completeUntil: null }]);
  });

  it('parks without a price, lists it, and charges it once an operator has posted the price', async () => {
    await pricing.send(
      record(9, usage(id(30), { occurredAt, receivedAt: occurredAt, model: 'gpt-new', quantities: { input_tokens: '1000' } })),
    );
    const list = await eventually(
      () => pricing.call<{ data: { eventId: string }[] }>('GET', '/api/v1/parked-usage'),
      ({ body }) => body.data.length === 1,
    );
    expect(list.body.data).toMatchObject([{ eventId: id(30), reason: 'no_price', model: 'gpt-new', quantities: { input_tokens: '1000' } }]);
    const price = { provider: 'openai', model: 'gpt-new', unit: 'input_tokens', amount: '5', currency: 'USD' };
    expect((await pricing.call('POST', '/api/v1/prices', { as: { scopes: ['admin'] }, body: price })).status).toBe(403);
    const added = await pricing.call('POST', '/api/v1/prices', { as: operator, body: price });
    expect(added).toMatchObject({ status: 201, body: { amount: '5', per: '1000000', validFrom: null, validTo: null, conditions: {} } });
    // 1000 × 5 / 1,000,000 × 0.8 = 0.004
    await eventually(
      () => pricing.posted.get(id(30)),
      (charge) => charge?.amount === '0.004',
    );
    expect((await pricing.call<{ data: object[] }>('GET', '/api/v1/parked-usage')).body.data).toEqual([]);
    expect((await pricing.call('POST', '/api/v1/prices', { as: operator, body: price })).body).toMatchObject({
      status: 409,
      code: 'price_unchanged',
    });
  });

  it('rates what comes after a price was posted with that price', async () => {
    const price = {
      provider: 'openai',
      model: 'gpt-new',
      unit: 'input_tokens',
      amount: '10',
      currency: 'USD',
      validFrom: new Date(NOW - 120_000).toISOString(),
    };
    expect((await pricing.call('POST', '/api/v1/prices', { as: operator, body: price })).status).toBe(201);
    await pricing.send(
      record(10, usage(id(31), { occurredAt, receivedAt: occurredAt, model: 'gpt-new', quantities: { input_tokens: '1000' } })),
    );
    // 1000 × 10 / 1,000,000 × 0.8 = 0.008
    await eventually(
      () => pricing.posted.get(id(31)),
      (charge) => charge?.amount === '0.008',
    );
    const { body } = await pricing.call<{ data: object[] }>('GET', '/api/v1/prices?model=gpt-new');
    expect(body.data).toMatchObject([
      { amount: '5', validTo: price.validFrom },
      { amount: '10', validFrom: price.validFrom, validTo: null },
    ]);
  });

  it('sets a mark-up for the organisation that an operator names, and tells the others', async () => {
    const as = { ...operator, organizationId: OTHER };
    expect(
      await pricing.call('PUT', '/api/v1/prices/markup', { as, body: { percent: '20', ownConnectionFeePercent: '1.50' } }),
    ).toMatchObject({
      status: 200,
      body: { organizationId: OTHER, percent: '20', ownConnectionFeePercent: '1.5', validFrom: null, earlier: [] },
    });
    await pricing.send(
      record(11, usage(id(40), { organizationId: OTHER, occurredAt, receivedAt: occurredAt, quantities: { input_tokens: '1000' } })),
    );
    // 0.002 × 1.2 = 0.0024
    await eventually(
      () => pricing.posted.get(id(40)),
      (charge) => charge?.amount === '0.0024',
    );
    expect((await pricing.call('GET', '/api/v1/prices/markup')).body).toMatchObject({ organizationId: ACME, percent: '0' });
    const reader = new DirectoryReader({ connection: pricing.connection, topics: [topics.markups, topics.prices] });
    await reader.start();
    await eventually(
      () => reader.view(topics.markups).get(OTHER)?.percent,
      (percent) => percent === '20',
    );
    expect([...reader.view(topics.prices).values()].map(({ amount }) => amount).sort()).toEqual(['10', '5']);
    await reader.close();
  });

  it('lists models with the prices of this moment, found by part of their name', async () => {
    const { body } = await pricing.call<{ data: object[] }>('GET', '/api/v1/models?q=GPT-NEW', { as: { scopes: ['inference'] } });
    expect(body.data).toMatchObject([
      {
        id: 'openai/gpt-new',
        modality: 'chat',
        prices: [{ unit: 'input_tokens', amount: '10', currency: 'USD', per: '1000000', conditions: {} }],
      },
    ]);
    expect(
      (await pricing.call<{ data: { id: string }[] }>('GET', '/api/v1/models?provider=openai&limit=2')).body.data.map((model) => model.id),
    ).toEqual(['openai/gpt-new', 'openai/gpt-test']);
    expect((await pricing.call<{ data: { id: string }[] }>('GET', '/api/v1/models?modality=speech')).body.data).toMatchObject([
      { id: 'openai/tts-test', deprecationDate: '2027-01-01', prices: [] },
    ]);
  });

  it('adds reference rates, each once', async () => {
    const rate = { currency: 'JPY', date: '2026-01-05', rate: '160.50' };
    expect(await pricing.call('POST', '/api/v1/fx-rates', { as: operator, body: rate })).toMatchObject({
      status: 201,
      body: { ...rate, rate: '160.5', source: 'ECB' },
    });
    expect((await pricing.call('POST', '/api/v1/fx-rates', { as: operator, body: rate })).status).toBe(409);
    expect((await pricing.call<{ data: object[] }>('GET', '/api/v1/fx-rates?currency=JPY')).body.data).toEqual([
      { ...rate, rate: '160.5', source: 'ECB' },
    ]);
  });

  it.each<[string, 'GET' | 'POST' | 'PUT', string, unknown?]>([
    ['a period that is none', 'GET', '/api/v1/completeness?period=2026-13'],
    ['a period the wrong way round', 'GET', '/api/v1/charges?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z'],
    ['a time that is none', 'GET', '/api/v1/charges?from=yesterday'],
    ['a year that no calendar has', 'GET', '/api/v1/charges?from=0000-01-01T00:00:00Z'],
    ['a cursor of another list', 'GET', '/api/v1/charges?cursor=abc'],
    ['an unknown filter', 'GET', '/api/v1/charges?colour=red'],
    ['a NUL', 'GET', '/api/v1/models?q=%00'],
    ['an unknown unit', 'POST', '/api/v1/prices', { provider: 'openai', model: 'm', unit: 'smiles', amount: '1' }],
    ['a negative price', 'POST', '/api/v1/prices', { provider: 'openai', model: 'm', unit: 'pages', amount: '-1' }],
    ['a price as a float', 'POST', '/api/v1/prices', { provider: 'openai', model: 'm', unit: 'pages', amount: '1e-6' }],
    ['an unknown currency', 'POST', '/api/v1/prices', { provider: 'openai', model: 'm', unit: 'pages', amount: '1', currency: 'XXX' }],
    [
      'a condition that cannot be read',
      'POST',
      '/api/v1/prices',
      { provider: 'openai', model: 'm', unit: 'pages', amount: '1', conditions: { time_of_day: 'noon' } },
    ],
    ['a rate of zero', 'POST', '/api/v1/fx-rates', { currency: 'JPY', date: '2026-01-06', rate: '0.00' }],
    ['a rate of tomorrow', 'POST', '/api/v1/fx-rates', { currency: 'JPY', date: '2099-01-06', rate: '160' }],
  ])('answers %s with what to do', async (_, method, url, body) => {
    const answer = await pricing.call<{ fix?: string }>(method, url, { as: { ...operator, organizationId: ACME }, body });
    expect([answer.status, typeof answer.body.fix]).toEqual([400, 'string']);
  });

  it('describes every public path in its OpenAPI document', async () => {
    const { body } = await pricing.call<{ openapi: string; paths: Record<string, object> }>('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths).sort()).toEqual([
      '/api/v1/charges',
      '/api/v1/completeness',
      '/api/v1/completeness/write-offs',
      '/api/v1/conflicts',
      '/api/v1/fx-rates',
      '/api/v1/models',
      '/api/v1/parked-usage',
      '/api/v1/prices',
      '/api/v1/prices/markup',
    ]);
  });
});
