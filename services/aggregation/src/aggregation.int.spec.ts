import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { ChargePosted, topics } from '@tollgate/contracts';
import { signInternalToken } from '@tollgate/platform/http';
import { CutReader, EventProducer, createKafka, ensureTopics } from '@tollgate/platform/kafka';
import { dedicatedKafka, freshDatabase, type TestServer } from '@tollgate/testing';
import { idOf, sampleCharge, sampleParked } from './sample-charge';
import { openSampleDatabase, type SampleDatabase } from './sample-database';
import { startAggregation } from './start-aggregation';

const SECRET = 'a-secret-of-the-specs';
const GROUP = 'aggregation';
const soon = { timeout: 20_000, interval: 50 };

let kafka: TestServer;
let sample: SampleDatabase;
let producer: EventProducer;
let cuts: CutReader;
let apps: NestFastifyApplication[];

beforeAll(async () => {
  kafka = await dedicatedKafka();
  sample = await openSampleDatabase(await freshDatabase(inject('databaseUrl'), 'aggregation'));
  const connection = createKafka({ brokers: kafka.address.split(','), clientId: 'spec' });
  producer = new EventProducer({ connection });
  cuts = new CutReader(connection);
  await ensureTopics(connection, [topics.chargePosted, topics.usageParked, topics.organizations]);
  const organization = {
    id: idOf('acme'),
    name: 'Acme',
    country: 'DE',
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    status: 'active',
    requiredTags: [],
    missingTags: 'untagged',
  };
  await producer.send(topics.organizations, [
    { key: idOf('acme'), value: { ...organization, vatId: '', legalName: '', addressLines: [] } },
  ]);
  const config = {
    TOLLGATE_PORT: 0,
    TOLLGATE_HOST: '127.0.0.1',
    KAFKA_BROKERS: kafka.address.split(','),
    TOLLGATE_INTERNAL_SECRET: SECRET,
    TOLLGATE_DB_URL: sample.urls.restUrl,
    TOLLGATE_CONSUMER_DB_URL: sample.urls.consumerUrl,
  };
  apps = await Promise.all([1, 2].map(() => startAggregation(config, { handleSignals: false })));
  await vi.waitFor(async () => expect((await apps[0]?.inject('/readyz'))?.statusCode).toBe(200), soon);
  await vi.waitFor(async () => expect((await apps[1]?.inject('/readyz'))?.statusCode).toBe(200), soon);
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await producer.close();
  await sample.close();
  await kafka.stop();
});

async function spend(query = ''): Promise<{ total: string; parked: number; totals: { charges: number } }> {
  const token = await signInternalToken(
    { organizationId: idOf('acme'), keyId: 'k', scopes: ['billing:read'], operator: false, project: null },
    SECRET,
    Date.now(),
  );
  const range = 'from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z';
  const response = await apps[0]?.inject({ url: `/api/v1/spend?${range}${query}`, headers: { 'x-tollgate-internal': token } });
  expect(response?.statusCode).toBe(200);
  return response?.json() ?? expect.fail('no answer');
}
const publish = (charges: ChargePosted[]) =>
  producer.send(
    topics.chargePosted,
    charges.map((value) => ({ key: value.eventId, value })),
  );
async function drained(topic: { name: string }): Promise<void> {
  const ends = await cuts.endOffsets(topic.name);
  await vi.waitFor(async () => expect(await cuts.passed(GROUP, topic.name, ends)).toBe(true), soon);
}

describe('aggregation', () => {
  it('shows a charge in the spend within two seconds', async () => {
    const started = Date.now();
    await publish([sampleCharge('first', { amount: '0.5' })]);
    await vi.waitFor(async () => expect((await spend()).total).toBe('0.5'), { timeout: 5_000, interval: 20 });
    expect(Date.now() - started).toBeLessThan(2_000);
  });
  it('changes nothing when the whole topic is replayed, shuffled, by two processes side by side', async () => {
    const charges = Array.from({ length: 3_000 }, (_, index) =>
      sampleCharge(`n${index}`, {
        amount: '0.001',
        tags: { project: `p${index % 7}` },
        occurredAt: new Date(Date.UTC(2026, 9, 1 + (index % 28), index % 24)).toISOString(),
      }),
    );
    await publish(charges);
    await drained(topics.chargePosted);
    // 0.5 + 3,000 × 0.001 = 3.5
    expect(await spend()).toMatchObject({ total: '3.5', totals: { charges: 3_001 } });
    await publish([...charges].reverse());
    await publish(charges.filter((_, index) => index % 3 === 0));
    await drained(topics.chargePosted);
    expect(await spend()).toMatchObject({ total: '3.5', totals: { charges: 3_001 } });
  });
  it('counts parked usage, and no longer once it is charged', async () => {
    await producer.send(topics.usageParked, [{ key: idOf('parked'), value: sampleParked('parked', { tags: { project: 'lab' } }) }]);
    await vi.waitFor(async () => expect((await spend('&filter[project]=lab')).parked).toBe(1), soon);
    await publish([sampleCharge('parked', { amount: '0', tags: { project: 'lab' } })]);
    await vi.waitFor(async () => expect((await spend('&filter[project]=lab')).parked).toBe(0), soon);
  });
  it('sets a charge aside that cannot be read, with its reason, and goes on with the others', async () => {
    await publish([
      sampleCharge('good1', { amount: '1' }),
      sampleCharge('poison', { amount: 'much' }),
      sampleCharge('good2', { amount: '1' }),
    ]);
    await producer.sendEncoded(topics.chargePosted.name, [{ key: 'garbage', value: Buffer.from([255, 255, 255]) }]);
    await drained(topics.chargePosted);
    // 3.5 + 1 + 1
    expect((await spend()).total).toBe('5.5');
    const letters = await sample.asOwner('SELECT key, reason FROM dead_letters ORDER BY reason');
    expect(letters.map(({ key }) => key).sort()).toEqual([idOf('poison'), 'garbage'].sort());
    expect(letters.find(({ key }) => key === idOf('poison'))?.['reason']).toBe('amount is not a decimal: much');
  });
  it('catches up with what came while it was down, and leaves cleanly', async () => {
    const started = Date.now();
    await Promise.all(apps.splice(1).map((app) => app.close()));
    expect(Date.now() - started).toBeLessThan(10_000);
    await publish(Array.from({ length: 500 }, (_, index) => sampleCharge(`late${index}`, { amount: '0.01' })));
    await drained(topics.chargePosted);
    expect((await spend()).total).toBe('10.5'); // 5.5 + 500 × 0.01
  });
});
