import { topics } from '@tollgate/contracts';
import { GroupConsumer } from '@tollgate/platform/kafka';
import { dedicatedKafka, freshDatabase, type TestServer } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ACME, closed, marked, PRODUCER, record, usage } from '../fixtures/pricing.fixture';
import { eventually, operator, RunningPricing } from '../fixtures/running-pricing.fixture';

const occurredAt = new Date(Date.now() - 60_000).toISOString();
const period = occurredAt.slice(0, 7);
const id = (last: number) => `0e200000-0000-4000-8000-${String(last).padStart(12, '0')}`;

let broker: TestServer;
let pricing: RunningPricing;

beforeAll(async () => {
  broker = await dedicatedKafka();
  pricing = await RunningPricing.start(await freshDatabase(inject('databaseUrl'), 'pricing_completeness'), broker.address);
  // A gap at 3.
  await pricing.send(
    ...[1, 2, 4].map((n) => record(n, usage(id(n), { occurredAt, receivedAt: occurredAt, quantities: { input_tokens: String(n) } }))),
  );
  await eventually(
    () => pricing.posted.size,
    (count) => count === 3,
  );
});
afterAll(async () => {
  await pricing?.close();
  await broker?.stop();
});

describe('completeness', () => {
  it('is undecided while others have not passed what was published, naming them', async () => {
    const { status, body } = await pricing.call('GET', `/api/v1/completeness?period=${period}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ agrees: null, lagging: ['aggregation', 'budget-alert', 'invoicing'], rollups: null, currency: 'EUR' });
  });

  it('compares everybody’s books once they have, to the last digit', async () => {
    const groups = ['aggregation', 'budget-alert', 'invoicing'].map((group) => {
      const member = new GroupConsumer({
        connection: pricing.connection,
        group,
        topics: [topics.chargePosted],
        commits: true,
        onBatch: (batch, control) => control.done(batch.records.at(-1)!),
      });
      member.start();
      return member;
    });
    const books = await pricing.call<{ charges: string; amount: string }>(
      'GET',
      `/internal/books?organizationId=${ACME}&period=${period}&cut=${new Date().toISOString()}`,
      { as: 'service' },
    );
    expect(books.body).toMatchObject({ service: 'pricing', detail: [] });
    // Once all that was charged lies behind the cut, the stand-in's books are the ledger's.
    pricing.othersBooks = {
      ...books.body,
      service: 'stand-in',
      invoiced: '0',
      unbilled: books.body.amount,
      budgets: [{ id: 'b1', name: 'all', spent: books.body.amount }],
    };
    const ask = () =>
      pricing.call<{ agrees: boolean | null; differences: object[]; charges: object }>('GET', `/api/v1/completeness?period=${period}`);
    const { body } = await eventually(
      ask,
      (answer) => answer.body.agrees !== null && (answer.body.charges as { count: string }).count === books.body.charges,
    );
    expect(body.differences).toEqual([]);
    expect(body).toMatchObject({ agrees: true, invoiced: '0', unbilled: books.body.amount, conflicts: '0', duplicates: '0', parked: '0' });
    pricing.othersBooks = { ...pricing.othersBooks, unbilled: '0' };
    expect((await ask()).body).toMatchObject({
      agrees: false,
      differences: [{ service: 'invoicing', what: 'invoiced and unbilled', expected: books.body.amount, found: '0' }],
    });
    await Promise.all(groups.map((group) => group.close(1_000)));
  });

  it('holds a month back while a producer may still send, until its numbers are there or written off', async () => {
    const final = () =>
      pricing.call<{ final: boolean; reason: string }>('GET', `/internal/months/2026-09/final?organizationId=${ACME}&graceHours=0`, {
        as: 'service',
      });
    expect((await final()).body).toMatchObject({ final: false, reason: expect.stringContaining(PRODUCER) });
    const lost = '0b000000-0000-4000-8000-0000000000ff';
    await pricing.send(
      closed(9, new Date().toISOString(), false),
      marked(0, new Date().toISOString(), 2),
      closed(3, new Date().toISOString(), true, 1, lost),
    );
    await eventually(final, ({ body }) => body.reason.includes(lost));
    const writeOff = (producerId: string) =>
      pricing.call('POST', '/api/v1/completeness/write-offs', {
        as: operator,
        body: { producer: producerId, epoch: 1, reason: 'the disk burnt' },
      });
    expect((await writeOff(lost)).status).toBe(201);
    expect((await writeOff(lost)).body).toMatchObject({ status: 409 });
    expect((await writeOff('0b000000-0000-4000-8000-00000000dead')).status).toBe(404);
    expect((await writeOff(PRODUCER)).status).toBe(201);
    expect((await final()).body).toEqual({ final: true, reason: '' });
  });
});
