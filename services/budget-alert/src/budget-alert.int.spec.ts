import { randomUUID } from 'node:crypto';
import { Metadata, status } from '@grpc/grpc-js';
import { Outcome, topics, type Budget, type ChargePosted, type WatchRecallsResponse } from '@tollgate/contracts';
import { billingPeriod } from '@tollgate/domain';
import { DirectoryReader } from '@tollgate/platform/directory';
import { dedicatedKafka, freshDatabase, type TestServer } from '@tollgate/testing';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sampleCharge, sampleDatabase, type SampleDatabase } from './fixtures/sample-budgets';
import { sampleNeighbours, sampleService, type SampleNeighbours, type SampleService } from './fixtures/sample-service';
import { webhookReceiver } from './fixtures/webhook-receiver';
import { watchRecalls } from './fixtures/watch-recalls';
import { eventually } from './fixtures/eventually';

let kafka: TestServer;
let db: SampleDatabase;
let one: SampleService;
let two: SampleService;
let neighbours: SampleNeighbours;
let directory: DirectoryReader;

beforeAll(async () => {
  kafka = await dedicatedKafka();
  db = await sampleDatabase(await freshDatabase(inject('databaseUrl'), 'budget_alert'));
  neighbours = await sampleNeighbours(kafka.address);
  one = await sampleService(db, kafka.address);
  two = await sampleService(db, kafka.address);
  directory = new DirectoryReader({ connection: neighbours.connection, topics: [topics.budgets] });
  await directory.start();
}, 60_000);
afterAll(async () => {
  await Promise.all([one.close(), two.close(), directory.close()]);
  await neighbours.close();
  await kafka.stop();
}, 60_000);

async function newOrganization() {
  const organizationId = randomUUID();
  await neighbours.organization(organizationId);
  return { organizationId };
}
const nowCharge = (organizationId: string, over: Partial<ChargePosted> = {}) => {
  const now = new Date().toISOString();
  return sampleCharge(organizationId, {
    occurredAt: now,
    receivedAt: now,
    ratedAt: now,
    period: billingPeriod(Date.parse(now), 'Europe/Berlin'),
    ...over,
  });
};
const post = (charges: ChargePosted[]) =>
  neighbours.say(
    topics.chargePosted,
    charges.map((value) => ({ key: value.eventId, value })),
  );
const month = { name: 'Month', period: 'month', amount: '100', thresholds: [50, 80, 100] };
const currentOf = (answer: { body: Record<string, unknown> }) => answer.body['current'] as Record<string, unknown>;

describe('budget-alert', () => {
  it('tells of 50, 80 and 100 % by webhooks that the stock library verifies, once each, from two processes and through a replay', async () => {
    const caller = await newOrganization();
    const receiver = await webhookReceiver();
    const webhook = await one.call('POST', '/api/v1/webhooks', { url: receiver.url, events: ['budget.threshold.reached'] }, caller);
    expect(webhook.status).toBe(201);
    const budget = await two.call('POST', '/api/v1/budgets', { ...month, scope: { project: 'search' } }, caller);
    expect(budget.status).toBe(201);
    const charges = Array.from({ length: 120 }, () => nowCharge(caller.organizationId));
    await post(charges);
    const paid = Date.now();
    await receiver.until(3);
    expect(Date.now() - paid).toBeLessThan(2_000);
    await post([...charges].reverse());
    await eventually(
      () => one.call('GET', `/api/v1/budgets/${String(budget.body['id'])}`, undefined, caller),
      (answer) => currentOf(answer)['spent'] === '120',
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    const secret = webhook.body['secret'] as string;
    const told = receiver.received.map(
      ({ body, headers }) =>
        new Webhook(secret).verify(body, headers as Record<string, string>) as { type: string; data: Record<string, unknown> },
    );
    expect(told.map(({ type, data }) => `${type} ${String(data['threshold'])}`).sort()).toEqual([
      'budget.threshold.reached 100',
      'budget.threshold.reached 50',
      'budget.threshold.reached 80',
    ]);
    expect(told[0]!.data).toEqual({
      ...{
        budgetId: budget.body['id'],
        name: 'Month',
        scope: { project: 'search' },
        threshold: expect.any(Number),
        spent: expect.any(String),
      },
      ...{ amount: '100', currency: 'EUR' },
    });
    const alerts = await one.call('GET', '/api/v1/alerts?limit=2', undefined, caller);
    expect(alerts.body.data).toHaveLength(2);
    const rest = await one.call('GET', `/api/v1/alerts?cursor=${String(alerts.body['next'])}`, undefined, caller);
    expect([rest.body.data.length, rest.body['next']]).toEqual([1, null]);
    await receiver.close();
  });

  it('counts what was spent in the period before the budget existed, and tells of it at once', async () => {
    const caller = await newOrganization();
    await post([nowCharge(caller.organizationId, { amount: '40', direct: '20' })]);
    await eventually(
      () => db.asOwner('SELECT FROM meters WHERE organization_id = $1', [caller.organizationId]),
      (rows) => rows.length === 1,
    );
    const answer = await one.call('POST', '/api/v1/budgets', month, caller);
    expect(currentOf(answer)).toMatchObject({
      spent: '60',
      held: '0',
      remaining: '40',
      percent: '60',
      thresholdsFired: [50],
      limitReached: false,
    });
  });

  it('makes a budget known to every ingress within two seconds, and its change and end too', async () => {
    const caller = await newOrganization();
    const known = (good: (budget: Budget | undefined) => boolean) => eventually(() => directory.view(topics.budgets).get(id), good, 2_000);
    const { body } = await one.call(
      'POST',
      '/api/v1/budgets',
      { ...month, hardLimit: true, scope: { model: 'gpt-4o', provider: 'openai' } },
      caller,
    );
    const id = body['id'] as string;
    expect(await known((budget) => budget !== undefined)).toMatchObject({
      hardLimit: true,
      scope: { provider: 'openai', model: 'gpt-4o', project: '' },
    });
    expect((await one.call('PATCH', `/api/v1/budgets/${id}`, { amount: '250.5' }, caller)).body['amount']).toBe('250.5');
    await known((budget) => budget?.amount === '250.5');
    expect((await two.call('DELETE', `/api/v1/budgets/${id}`, undefined, caller)).status).toBe(204);
    await known((budget) => budget?.status === 'archived');
    expect((await two.call('DELETE', `/api/v1/budgets/${id}`, undefined, caller)).status).toBe(204);
    expect((await one.call('PATCH', `/api/v1/budgets/${id}`, { amount: '1' }, caller)).status).toBe(409);
    expect((await one.call('GET', '/api/v1/budgets', undefined, caller)).body.data).toEqual([]);
    expect((await one.call('GET', '/api/v1/budgets?status=all', undefined, caller)).body.data).toHaveLength(1);
  });

  it('arms alerts again when the amount is raised, and tells at once when it is lowered', async () => {
    const caller = await newOrganization();
    const { body } = await one.call('POST', '/api/v1/budgets', month, caller);
    const path = `/api/v1/budgets/${body['id'] as string}`;
    await post([nowCharge(caller.organizationId, { amount: '85' })]);
    const fired = (expected: number[]) =>
      eventually(
        async () => currentOf(await one.call('GET', path, undefined, caller))['thresholdsFired'],
        (found) => JSON.stringify(found) === JSON.stringify(expected),
      );
    await fired([50, 80]);
    // 85 of 150 is 56.67 %: 80 is armed again.
    expect(currentOf(await one.call('PATCH', path, { amount: '150' }, caller))['thresholdsFired']).toEqual([50]);
    await post([nowCharge(caller.organizationId, { amount: '36' })]);
    await fired([50, 80]);
    // 121 of 120.
    expect(currentOf(await one.call('PATCH', path, { amount: '120' }, caller))['thresholdsFired']).toEqual([50, 80, 100]);
    const alerts = await one.call('GET', `/api/v1/alerts?budgetId=${body['id'] as string}`, undefined, caller);
    expect(alerts.body.data.map(({ threshold, spent }) => `${String(threshold)} at ${String(spent)}`)).toEqual([
      '100 at 121',
      '80 at 121',
      '80 at 85',
      '50 at 85',
    ]);
  });

  it('lends over gRPC to services alone, calls back across processes, and tells of the first refusal', async () => {
    const caller = await newOrganization();
    const receiver = await webhookReceiver();
    await one.call('POST', '/api/v1/webhooks', { url: receiver.url, events: ['budget.limit.reached'] }, caller);
    const { body } = await one.call('POST', '/api/v1/budgets', { ...month, amount: '10', hardLimit: true }, caller);
    const ask = { budgetId: body['id'] as string, organizationId: caller.organizationId };
    await expect(one.acquire(ask, new Metadata())).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    await expect(one.acquire({ ...ask, needed: '-1' })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    const lent = await one.acquire({ ...ask, needed: '9', wanted: '9' });
    expect(lent).toMatchObject({ granted: true, amount: '9', name: 'Month' });
    const watching = await watchRecalls(one, 'ingress-1', (recall: WatchRecallsResponse) => {
      expect(recall.budgetId).toBe(ask.budgetId);
      void one.renew(lent.grantId, '5');
    });
    expect(await two.acquire({ ...ask, holder: 'ingress-2', needed: '3' })).toMatchObject({ granted: true, amount: '3' });
    expect(await two.acquire({ ...ask, holder: 'ingress-2', needed: '11' })).toMatchObject({ granted: false, retry: false, held: '7' });
    await receiver.until(1);
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ type: 'budget.limit.reached', data: { threshold: null, amount: '10' } });
    watching.cancel();
    await receiver.close();
  });

  it('tells of usage that waits for a price, once a day for each model', async () => {
    const caller = await newOrganization();
    const at = new Date().toISOString();
    const parked = (model: string) => {
      const charge = nowCharge(caller.organizationId);
      const usage = {
        ...{
          eventId: charge.eventId,
          organizationId: caller.organizationId,
          requestId: charge.eventId,
          attempt: 1,
          occurredAt: at,
          receivedAt: at,
        },
        ...{ provider: 'openai', model, connectionId: '', ownConnection: false, operation: 'chat', outcome: Outcome.OUTCOME_ANSWERED },
        ...{
          quantities: {},
          attributes: {},
          tags: {},
          keyId: '',
          grants: [],
          estimated: false,
          latencyMs: 1,
          timeToFirstTokenMs: 0,
          streamed: false,
        },
        ...{ status: 200, correctsEventId: '', source: '', sourceId: '' },
      };
      return {
        key: charge.eventId,
        value: { usage, reason: 'no_price', detail: 'input_tokens', parkedAt: at, period: at.slice(0, 7), timeZone: 'UTC' },
      };
    };
    await neighbours.say(topics.usageParked, [parked('new-1'), parked('new-1'), parked('new-2')]);
    const alerts = await eventually(
      () => one.call('GET', '/api/v1/alerts?type=usage.parked', undefined, caller),
      ({ body }) => body.data.length >= 2,
    );
    expect(alerts.body.data.map(({ name }) => name).sort()).toEqual(['openai/new-1', 'openai/new-2']);
  });

  it('sets a charge that can’t be read aside, with its reason, and goes on', async () => {
    const caller = await newOrganization();
    await post([nowCharge(caller.organizationId, { amount: 'NaN' }), nowCharge(caller.organizationId)]);
    await eventually(
      () => db.asOwner('SELECT FROM meters WHERE organization_id = $1', [caller.organizationId]),
      (rows) => rows.length === 1,
    );
    const letters = await eventually(
      () => db.asOwner<{ reason: string }>('SELECT reason FROM dead_letters'),
      (rows) => rows.length === 1,
    );
    expect(letters[0]!.reason).toContain('Not a plain decimal');
  });

  it('shows its side of the books, and names what contradicts itself', async () => {
    const caller = await newOrganization();
    const { organizationId } = caller;
    const { body } = await one.call('POST', '/api/v1/budgets', month, caller);
    const now = Date.now();
    const at = (secondsAgo: number) => new Date(now - secondsAgo * 1_000).toISOString();
    const charges = [
      nowCharge(organizationId, { amount: '1.1', cost: '1', direct: '0', ratedAt: at(60) }),
      nowCharge(organizationId, { amount: '0', cost: '2', direct: '2', ratedAt: at(30) }),
      nowCharge(organizationId, { amount: '5', cost: '4', ratedAt: at(1) }),
    ];
    await post(charges);
    const period = charges[0]!.period;
    const query = { organizationId, period, cut: at(15) };
    const books = await eventually(
      () => two.books({ ...query, cut: at(-60) }),
      (found) => found['charges'] === '3',
    ).then(() => two.books(query));
    // Rated before the cut: 1.1 + 0, cost 1 + 2, direct 0 + 2; the budget holds amount + direct.
    expect(books).toEqual({
      ...{ service: 'budget-alert', charges: '2', requests: '2', amount: '1.1', cost: '3', direct: '2', detail: [] },
      budgets: [{ id: body['id'], name: 'Month', spent: '3.1' }],
    });
    await db.asOwner('UPDATE budget_periods SET spent = spent + 1 WHERE budget_id = $1', [body['id']]);
    expect((await two.books(query))['detail']).toMatchObject([
      { what: 'budget_periods.spent and meters', budgetId: body['id'], expected: '8.1', found: '9.1' },
    ]);
  });
});
