import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InvoiceFinalized, topics, type ChargePosted } from '@tollgate/contracts';
import { loadConfig } from '@tollgate/platform/config';
import { INTERNAL_TOKEN_HEADER, signInternalToken, verifyInternalToken, type Caller } from '@tollgate/platform/http';
import { CutReader, EventProducer, createKafka, ensureTopics, readWholeTopic, type KafkaConnection } from '@tollgate/platform/kafka';
import { dedicatedKafka, freshDatabase, type TestServer } from '@tollgate/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { migrateSchema } from '../src/db/migrate-schema';
import { invoicingConfig } from '../src/invoicing-config';
import { startInvoicing } from '../src/start-invoicing';
import { SELLER, charge, financeOf, idOf, organization } from './invoicing-fixture';

const SECRET = 'internal-secret-of-the-specs';
const soon = { timeout: 20_000, interval: 50 };
const NOW = Date.parse('2026-11-04T09:00:00Z');

let kafka: TestServer;
let connection: KafkaConnection;
let producer: EventProducer;
let owner: Client;
let apps: NestFastifyApplication[];
/** Stands in for pricing, and notes what it was asked and by whom. */
let pricing: Server;
let finality: { final: boolean; reason: string } | 'broken' = { final: true, reason: '' };
const asked: { url: string; service: string | undefined }[] = [];

beforeAll(async () => {
  kafka = await dedicatedKafka();
  connection = createKafka({ brokers: kafka.address.split(','), clientId: 'spec' });
  producer = new EventProducer({ connection });
  await ensureTopics(connection, [topics.chargePosted, topics.organizations]);
  await producer.send(topics.organizations, [{ key: idOf('acme'), value: organization('acme') }]);
  pricing = createServer((request, response) => {
    void verifyInternalToken(String(request.headers[INTERNAL_TOKEN_HEADER]), SECRET, NOW).then((caller) => {
      asked.push({ url: request.url ?? '', service: caller?.service });
      response.writeHead(finality === 'broken' ? 500 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(finality));
    });
  }).listen(0, '127.0.0.1');
  const ownerUrl = await freshDatabase(inject('databaseUrl'), 'invoicing');
  const asRole = (role: string) => Object.assign(new URL(ownerUrl), { username: role, password: 'of-the-specs' }).toString();
  const [rest, consumer] = [asRole('tollgate_invoicing'), asRole('tollgate_invoicing_consumer')];
  await migrateSchema(ownerUrl, rest, consumer);
  owner = new Client({ connectionString: ownerUrl, options: '-c search_path=invoicing' });
  await owner.connect();
  const config = loadConfig(invoicingConfig, {
    ...SELLER,
    TOLLGATE_PORT: '0',
    KAFKA_BROKERS: kafka.address,
    TOLLGATE_INTERNAL_SECRET: SECRET,
    TOLLGATE_DB_URL: rest,
    TOLLGATE_CONSUMER_DB_URL: consumer,
    TOLLGATE_PRICING_URL: `http://127.0.0.1:${(pricing.address() as AddressInfo).port}`,
  });
  apps = await Promise.all([1, 2].map(() => startInvoicing(config, { handleSignals: false, clock: { now: () => NOW } })));
  for (const app of apps) await vi.waitFor(async () => expect((await app.inject('/readyz')).statusCode).toBe(200), soon);
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  pricing.close();
  await producer.close();
  await owner.end();
  await kafka.stop();
});

async function call(method: 'GET' | 'POST', url: string, payload?: object, caller: Caller = financeOf('acme')) {
  const headers = { [INTERNAL_TOKEN_HEADER]: await signInternalToken(caller, SECRET, NOW) };
  const response = await apps[0]!.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  return { status: response.statusCode, body: response.json() };
}
const publish = (charges: ChargePosted[]) =>
  producer.send(
    topics.chargePosted,
    charges.map((value) => ({ key: value.eventId, value })),
  );
async function drained(): Promise<void> {
  const cuts = new CutReader(connection);
  const ends = await cuts.endOffsets(topics.chargePosted.name);
  await vi.waitFor(async () => expect(await cuts.passed('invoicing', topics.chargePosted.name, ends)).toBe(true), soon);
}
async function accrued(): Promise<unknown> {
  return (await owner.query('SELECT sum(charges)::text AS charges, trim_scale(sum(accrued))::text AS accrued FROM accruals')).rows[0];
}

describe('invoicing', () => {
  it('accrues each charge once, replayed and shuffled, by two processes side by side', async () => {
    const charges = Array.from({ length: 3_000 }, (_, index) => charge(`n${index}`, '0.001', { tags: { project: `p${index % 7}` } }));
    await publish(charges);
    await publish([...charges].reverse());
    await drained();
    // 3,000 x 0.001
    expect(await accrued()).toEqual({ charges: '3000', accrued: '3' });
  });

  it('sets a charge aside that cannot be read, with its reason, and goes on with the others', async () => {
    await publish([charge('good', '1'), charge('poison', 'much'), charge('good too', '1')]);
    await drained();
    expect(await accrued()).toEqual({ charges: '3002', accrued: '5' });
    expect((await owner.query('SELECT key, reason FROM dead_letters')).rows).toEqual([
      { key: idOf('poison'), reason: 'amount is not a decimal: much' },
    ]);
  });

  it('asks pricing whether the month is final, in its own name, and says why it is not', async () => {
    const { body } = await call('POST', '/api/v1/invoices', { period: '2026-10' });
    finality = { final: false, reason: 'Usage of the month may still be missing: producer p1' };
    expect(await call('POST', `/api/v1/invoices/${body.id}/finalize`)).toMatchObject({
      status: 409,
      body: {
        code: 'month_not_final',
        reason: 'Usage of the month may still be missing: producer p1',
        fix: expect.stringContaining('force') as string,
      },
    });
    expect(asked.at(-1)).toEqual({
      url: `/internal/months/2026-10/final?organizationId=${idOf('acme')}&graceHours=72`,
      service: 'invoicing',
    });
    finality = 'broken';
    expect(await call('POST', `/api/v1/invoices/${body.id}/finalize`)).toMatchObject({
      status: 503,
      body: { code: 'temporarily_unavailable' },
    });
    finality = { final: true, reason: '' };
  });

  it('finalises once every charge that was posted is read, and publishes it', async () => {
    const { body } = await call('POST', '/api/v1/invoices', { period: '2026-10' });
    await publish(Array.from({ length: 2_000 }, (_, index) => charge(`last${index}`, '0.01')));
    const { status, body: invoice } = await call('POST', `/api/v1/invoices/${body.id}/finalize`);
    // 5 + 2,000 x 0.01
    expect({ status, exactNet: invoice.exactNet }).toEqual({ status: 200, exactNet: '25' });
    const published: InvoiceFinalized[] = [];
    await vi.waitFor(async () => {
      published.length = 0;
      await readWholeTopic(
        connection,
        topics.invoiceFinalized.name,
        ({ value }) => void published.push(topics.invoiceFinalized.decode(value!)),
      );
      expect(published).toHaveLength(1);
    }, soon);
    expect(published[0]).toMatchObject({ invoiceId: invoice.id, number: 'INV-2026-000001', total: invoice.total });
  });

  it('documents every path, and leaves cleanly', async () => {
    const { paths } = (await apps[0]!.inject('/openapi.json')).json();
    expect(Object.keys(paths).sort()).toEqual([
      '/api/v1/billing-settings',
      '/api/v1/invoices',
      '/api/v1/invoices/{id}',
      '/api/v1/invoices/{id}.csv',
      '/api/v1/invoices/{id}.pdf',
      '/api/v1/invoices/{id}/finalize',
      '/api/v1/invoices/{id}/lines/{lineId}/charges',
    ]);
    const started = Date.now();
    await Promise.all(apps.splice(1).map((app) => app.close()));
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});
