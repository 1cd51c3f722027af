import { createServer as createHttpServer, type Server } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { type AcquireRequest, GrantsServiceService, type RenewRequest, topics, UsageRecord } from '@tollgate/contracts';
import { createHttpApp } from '@tollgate/platform/http';
import { createKafka, ensureTopics, EventProducer, GroupConsumer } from '@tollgate/platform/kafka';
import { dedicatedKafka, type TestServer } from '@tollgate/testing';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { IngressModule } from './app.module';
import { type ScriptedProvider, startProvider } from './call-provider/provider-fixture';
import { addKey, ENCRYPTION_KEY, fillDirectory, ORGANIZATION_ID, PEPPER, WritableDirectory } from './gateway/gateway-fixture';
import { GatewayServer } from './gateway/gateway-server';
import type { IngressConfig } from './ingress.config';
import { DIRECTORY_TOPICS } from './directory/directory';

const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 100 };
const BUDGET_ID = '0190a000-0000-7000-8000-0000000000b1';
const GRANT_ID = '0190a000-0000-7000-8000-0000000000b2';
const soon = { timeout: 20_000, interval: 20 };

let kafka: TestServer;
let provider: ScriptedProvider;
let accounts: Server;
let grants: GrpcServer;
let grantsPort: number;
const asked: AcquireRequest[] = [];
const renewed: RenewRequest[] = [];
let folder: string;
let key: string;
let producer: EventProducer;
let consumer: GroupConsumer;
const received: { key: string; record: UsageRecord }[] = [];

beforeAll(async () => {
  kafka = await dedicatedKafka();
  provider = await startProvider();
  folder = mkdtempSync(join(tmpdir(), 'tollgate-ingress-'));
  accounts = createHttpServer((_req, res) => res.writeHead(404, { 'content-type': 'application/json' }).end('{"code":"key_unknown"}'));
  await new Promise<void>((resolve) => accounts.listen(0, '127.0.0.1', resolve));
  await startGrants();
  const connection = createKafka({ brokers: [kafka.address], clientId: 'ingress-spec' });
  producer = new EventProducer({ connection });
  await ensureTopics(connection, [...DIRECTORY_TOPICS, topics.usageRecorded]);
  await publishDirectory();
  consumer = new GroupConsumer({
    connection,
    group: 'ingress-spec',
    topics: [topics.usageRecorded],
    commits: false,
    onBatch: async ({ records }, control) => {
      for (const { key: name, value } of records) received.push({ key: name!.toString(), record: UsageRecord.decode(value!) });
      await control.done(records.at(-1)!);
    },
  });
  consumer.start();
});
afterAll(async () => {
  await consumer.close(100);
  await producer.close();
  await provider.stop();
  grants.forceShutdown();
  accounts.close();
  await kafka.stop();
  rmSync(folder, { recursive: true });
});

async function startGrants(): Promise<void> {
  grants = new GrpcServer();
  grants.addService(GrantsServiceService, {
    acquire: ({ request: ask }: { request: AcquireRequest }, done: (error: null, answer: object) => void) => {
      asked.push(ask);
      const answer = {
        limit: '1',
        spent: '0',
        held: '0',
        resetsAt: '2099-01-01T00:00:00.000Z',
        periodStart: '',
        notLimited: false,
        retry: false,
        name: 'all',
      };
      const granted = Number(ask.needed) <= 1;
      done(null, { ...answer, granted, grantId: granted ? GRANT_ID : '', amount: granted ? '0.5' : '0' });
    },
    renew: ({ request: renewal }: { request: RenewRequest }, done: (error: null, answer: object) => void) => {
      renewed.push(renewal);
      done(null, { endedGrantIds: [] });
    },
    watchRecalls: () => undefined,
  } as never);
  grantsPort = await new Promise<number>((resolve, reject) =>
    grants.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))),
  );
}

/** What the owners of the directories would have published. */
async function publishDirectory(): Promise<void> {
  const source = new WritableDirectory();
  fillDirectory(source, provider.url);
  key = addKey(source, { id: 'key-1' });
  for (const topic of DIRECTORY_TOPICS) {
    const records = [...source.view<object>(topic as never).entries()].map(([name, value]) => ({ key: name, value: value as never }));
    await producer.send(topic as never, records);
  }
}

function config(): IngressConfig {
  return {
    TOLLGATE_INGRESS_PORT: 0,
    TOLLGATE_PORT: 0,
    TOLLGATE_HOST: '127.0.0.1',
    KAFKA_BROKERS: [kafka.address],
    TOLLGATE_INTERNAL_SECRET: 'a-secret-of-the-specs',
    TOLLGATE_KEY_PEPPER: PEPPER,
    TOLLGATE_ENCRYPTION_KEY: ENCRYPTION_KEY,
    TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: '127.0.0.1',
    TOLLGATE_DATA_DIR: folder,
    TOLLGATE_ACCOUNTS_URL: [`http://127.0.0.1:${(accounts.address() as AddressInfo).port}`],
    TOLLGATE_GRANTS_ADDRESSES: [`127.0.0.1:${grantsPort}`],
    TOLLGATE_SPOOL_LIMIT_BYTES: 1 << 30,
    TOLLGATE_BODY_LIMIT_BYTES: 1 << 20,
    TOLLGATE_FIRST_BYTE_TIMEOUT_MS: 10_000,
    TOLLGATE_IDLE_TIMEOUT_MS: 10_000,
    TOLLGATE_TOTAL_TIMEOUT_MS: 60_000,
  };
}

async function start(): Promise<NestFastifyApplication> {
  const app = await createHttpApp(IngressModule.with(config()), { service: 'ingress', port: 0, host: '127.0.0.1', handleSignals: false });
  await vi.waitFor(async () => expect((await app.inject('/readyz')).statusCode).toBe(200), soon);
  return app;
}

async function post(app: NestFastifyApplication, path: string, body: unknown, headers = {}) {
  const url = `http://127.0.0.1:${app.get(GatewayServer).port}${path}`;
  const answer = await request(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
  return { status: answer.statusCode, headers: answer.headers, body: (await answer.body.json()) as Record<string, unknown> };
}

const usageOf = (requestId: unknown) =>
  received.filter(({ record: { body } }) => body?.$case === 'usage' && body.value.requestId === requestId);

describe('ingress', () => {
  it('answers a call and brings its record to Kafka, keyed by event; a clean end closes the epoch and retires the producer', async () => {
    const app = await start();
    const answer = await post(app, '/v1/chat/completions', CHAT);
    expect(answer.status).toBe(200);
    const requestId = answer.headers['x-tollgate-request-id'];
    await vi.waitFor(() => expect(usageOf(requestId)).toHaveLength(1), soon);
    const [{ key: name, record }] = usageOf(requestId) as [{ key: string; record: UsageRecord }];
    expect(record.body?.$case === 'usage' && record.body.value.eventId).toBe(name);
    expect([record.epoch, record.sequence]).toEqual([1, 1n]);
    await app.close();
    const closes = () => received.filter(({ record: one }) => one.body?.$case === 'closed' && one.producer === record.producer);
    await vi.waitFor(() => expect(closes()).toHaveLength(1), soon);
    expect(closes()[0]!.record.body).toMatchObject({ value: { sequence: 1n, retired: true } });
  });

  it('takes usage events, and knows a resend', async () => {
    const app = await start();
    const event = (id: string, quantities: object = { input_tokens: '812' }) => ({
      specversion: '1.0',
      type: 'tollgate.usage',
      source: 'batch-job',
      id,
      data: { provider: 'openai', model: 'gpt-4o', operation: 'chat', quantities, tags: { project: 'search' } },
    });
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    const first = await post(app, '/v1/usage/events', [event('a'), event('b', { input_tokens: '-1' })], headers);
    expect(first).toMatchObject({
      status: 202,
      body: {
        results: [
          { id: 'a', status: 'accepted' },
          { id: 'b', status: 'rejected' },
        ],
      },
    });
    const second = await post(app, '/v1/usage/events', [event('a')], headers);
    expect(second.body).toEqual({ results: [{ id: 'a', status: 'duplicate' }] });
    await vi.waitFor(
      () => expect(received.filter(({ record: { body } }) => body?.$case === 'usage' && body.value.sourceId === 'a')).toHaveLength(1),
      soon,
    );
    await app.close();
  });

  it('borrows from a hard limit, names the grant in the record, and gives the rest back at its end', async () => {
    const budget = {
      id: BUDGET_ID,
      organizationId: ORGANIZATION_ID,
      name: 'all',
      scope: { project: '', team: '', env: '', feature: '', key: '', provider: '', model: '' },
      period: 'month',
      amount: '1',
      currency: 'EUR',
      thresholds: [],
      hardLimit: true,
      status: 'active',
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    await producer.send(topics.budgets, [{ key: BUDGET_ID, value: budget }]);
    const app = await start();
    const answer = await post(app, '/v1/chat/completions', CHAT);
    expect(answer.status).toBe(200);
    await post(app, '/v1/chat/completions', CHAT);
    expect(asked).toHaveLength(1);
    const requestId = answer.headers['x-tollgate-request-id'];
    await vi.waitFor(() => expect(usageOf(requestId)).toHaveLength(1), soon);
    const { body } = usageOf(requestId)[0]!.record;
    // 15 × 2.50 + 4 × 1.25 + 10 × 10 = 142.5 dollars a million; × 0.8 = 0.000114.
    expect(body?.$case === 'usage' && body.value.grants).toEqual([{ budgetId: BUDGET_ID, grantId: GRANT_ID, held: '0.000114' }]);
    const refused = await post(app, '/v1/chat/completions', { ...CHAT, max_completion_tokens: 1_000_000 });
    expect(refused).toMatchObject({
      status: 402,
      body: { error: { code: 'budget_exceeded', budgetId: BUDGET_ID, limit: '1', spent: '0', resetsAt: '2099-01-01T00:00:00.000Z' } },
    });
    await app.close();
    // 0.5 − 2 × 0.000114 = 0.499772
    expect(renewed.flatMap(({ returns }) => returns).at(-1)).toEqual({ grantId: GRANT_ID, amount: '0.499772', final: true });
    await producer.send(topics.budgets, [{ key: BUDGET_ID, value: null }]);
  });

  it('keeps no prompt, no answer, no key and no secret in its data folder', async () => {
    const app = await start();
    const marker = 'marker-7f3a';
    await post(app, '/v1/chat/completions', { ...CHAT, messages: [{ role: 'user', content: marker }] });
    await app.close();
    const { globSync } = await import('node:fs');
    const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const secret of [marker, 'Hello', key, 'sk-provider-secret'])
        expect([file.name, bytes.includes(secret)]).toEqual([file.name, false]);
    }
  });

  it('shows its counters to operators', async () => {
    const app = await start();
    await post(app, '/v1/chat/completions', CHAT);
    const { body } = await app.inject('/metrics');
    expect(body).toMatch(/tollgate_calls_total\{[^}]*outcome="answered"[^}]*\} \d+/);
    expect(body).toContain('tollgate_spool_bytes');
    await app.close();
  });
});
