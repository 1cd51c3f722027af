import { randomUUID } from 'node:crypto';
import { dedicatedKafka, freshDatabase, type TestServer } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sampleDatabase, type SampleDatabase } from '../fixtures/sample-budgets';
import { sampleNeighbours, sampleService, type SampleNeighbours, type SampleService } from '../fixtures/sample-service';

let kafka: TestServer;
let db: SampleDatabase;
let one: SampleService;
let neighbours: SampleNeighbours;

beforeAll(async () => {
  kafka = await dedicatedKafka();
  db = await sampleDatabase(await freshDatabase(inject('databaseUrl'), 'budget_alert'));
  neighbours = await sampleNeighbours(kafka.address);
  one = await sampleService(db, kafka.address, '');
}, 60_000);
afterAll(async () => {
  await one.close();
  await neighbours.close();
  await kafka.stop();
}, 60_000);

async function newOrganization() {
  const organizationId = randomUUID();
  await neighbours.organization(organizationId);
  return { organizationId };
}
const month = { name: 'Month', period: 'month', amount: '100', thresholds: [50, 80, 100] };

describe('the REST interface of budgets and webhooks', () => {
  it('shows no organisation another’s rows, by REST or by raw SQL', async () => {
    const caller = await newOrganization();
    const stranger = await newOrganization();
    const budget = (await one.call('POST', '/api/v1/budgets', month, caller)).body['id'] as string;
    const webhook = (await one.call('POST', '/api/v1/webhooks', { url: 'https://example.com/', events: ['usage.parked'] }, caller)).body[
      'id'
    ] as string;
    const delivery = (await one.call('POST', `/api/v1/webhooks/${webhook}/test`, undefined, caller)).body['id'] as string;
    for (const [method, path, body] of [
      ['GET', `/api/v1/budgets/${budget}`, undefined],
      ['PATCH', `/api/v1/budgets/${budget}`, { amount: '1' }],
      ['DELETE', `/api/v1/budgets/${budget}`, undefined],
      ['GET', `/api/v1/webhooks/${webhook}`, undefined],
      ['PATCH', `/api/v1/webhooks/${webhook}`, { status: 'disabled' }],
      ['DELETE', `/api/v1/webhooks/${webhook}`, undefined],
      ['POST', `/api/v1/webhooks/${webhook}/rotate`, {}],
      ['POST', `/api/v1/webhooks/${webhook}/test`, undefined],
      ['GET', `/api/v1/webhooks/${webhook}/deliveries`, undefined],
      ['POST', `/api/v1/webhooks/${webhook}/deliveries/${delivery}/redeliver`, undefined],
    ] as const) {
      expect([method, path, (await one.call(method, path, body, stranger)).status]).toEqual([method, path, 404]);
    }
    const tables = [
      'budgets',
      'budget_periods',
      'grants',
      'meters',
      'recent_totals',
      'alerts',
      'fired',
      'webhook_endpoints',
      'deliveries',
      'delivery_attempts',
    ];
    await db.tenants.run(stranger.organizationId, async (manager) => {
      for (const table of tables) expect(await manager.query(`SELECT 1 FROM ${table}`)).toEqual([]);
    });
    const roles = await db.asOwner(`SELECT FROM pg_roles WHERE rolname LIKE 'tollgate_budget_alert%' AND (rolsuper OR rolbypassrls)`);
    expect(roles).toEqual([]);
    const owned = await db.asOwner(`SELECT FROM pg_tables WHERE schemaname = 'budget_alert' AND tableowner LIKE 'tollgate_budget_alert%'`);
    expect(owned).toEqual([]);
  });

  it.each([
    ['a missing period', { ...month, period: undefined }, /period is not one of the possible values/],
    ['an amount that is a number', { ...month, amount: 100 }, /amount should be a string/],
    ['a negative amount', { ...month, amount: '-1' }, /amount is not a positive decimal/],
    ['thresholds that do not ascend', { ...month, thresholds: [80, 50] }, /thresholds should ascend/],
    ['a threshold of zero', { ...month, thresholds: [0] }, /thresholds\[0\]/],
    ['an unknown member', { ...month, colour: 'red' }, /colour is not known here/],
    ['an unknown member of the scope', { ...month, scope: { user: 'x' } }, /scope.user is not known here/],
    ['a project that does not exist', { ...month, scope: { project: 'nope' } }, /scope.project names no project/],
    ['another currency', { ...month, currency: 'USD' }, /currency is not the organisation's, which is EUR/],
    ['no currency at all', { ...month, currency: 'EURO' }, /currency/],
  ])('refuses %s and says what to do', async (_, body, detail) => {
    const answer = await one.call('POST', '/api/v1/budgets', body, await newOrganization());
    expect(answer.status).toBe(400);
    expect(answer.body['detail']).toMatch(detail as RegExp);
    expect(answer.body['fix']).toEqual(expect.any(String));
  });

  it('creates once for one Idempotency-Key, needs billing:write for it, and billing:read to look', async () => {
    const caller = await newOrganization();
    const headers = { 'idempotency-key': randomUUID() };
    const [first, second] = await Promise.all([1, 2].map(() => one.call('POST', '/api/v1/budgets', month, { ...caller, headers })));
    expect(first!.body['id']).toBe(second!.body['id']);
    expect((await one.call('POST', '/api/v1/budgets', month, { ...caller, scopes: ['billing:read'] })).status).toBe(403);
    expect((await one.call('GET', '/api/v1/budgets', undefined, { ...caller, scopes: ['billing:read'] })).body.data).toHaveLength(1);
    expect((await one.call('GET', '/api/v1/budgets', undefined, { ...caller, scopes: ['inference'] })).status).toBe(403);
  });

  it('describes itself in OpenAPI and is ready', async () => {
    const document = await one.call('GET', '/openapi.json');
    expect(Object.keys(document.body['paths'] as object)).toEqual(
      expect.arrayContaining(['/api/v1/budgets/{id}', '/api/v1/webhooks/{id}/deliveries']),
    );
    expect((await one.call('GET', '/readyz')).status).toBe(200);
  });
});
