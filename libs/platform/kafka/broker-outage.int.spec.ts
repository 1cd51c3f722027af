import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Topic } from '@tollgate/contracts';
import { type EmbeddedKafka, freePort, startKafka } from '@tollgate/testing';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { BatchServer, createKafka, CutReader, EventProducer, type RecordBatch } from './index';

const OUTAGE_MS = 12_000;
const folder = mkdtempSync(join(tmpdir(), 'tollgate-outage-'));
let broker: EmbeddedKafka | undefined;

const topic: Topic<string> = {
  name: 'outage',
  owner: 'spec',
  partitions: 3,
  cleanup: 'delete',
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};

afterAll(async () => {
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.env.TEST_RUNTIME === 'containers')('producer and consumer', () => {
  it('start before the broker does, outlive an outage longer than the session, and lose nothing', { timeout: 120_000 }, async () => {
    const port = await freePort();
    const connection = createKafka({ brokers: [`127.0.0.1:${port}`], clientId: 'outage-spec' });
    const producer = new EventProducer({ connection });
    const server = new BatchServer({ connection, group: 'outage', producer, extraTopics: [topic as Topic<unknown>] });
    const seen = new Set<string>();
    const handler = (batch: RecordBatch<string>): Promise<void> => Promise.resolve(batch.records.forEach(({ value }) => seen.add(value)));
    server.addHandler(topic.name, handler as never, true);
    server.listen(() => undefined);
    const sends: Promise<void>[] = [];
    const send = (): void => void sends.push(producer.send(topic, [{ key: `k${sends.length}`, value: `v${sends.length}` }]));
    const sending = setInterval(send, 20);
    const soon = { timeout: 30_000, interval: 50 };

    expect(server.ready).toBe(false);
    broker = await startKafka({ dataDir: folder, port });
    await vi.waitFor(() => expect(seen.size).toBeGreaterThan(20), soon);

    await broker.stop();
    await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
    const duringOutage = sends.length;
    broker = await startKafka({ dataDir: folder, port });
    await vi.waitFor(() => expect(seen.size).toBeGreaterThan(duringOutage), soon);

    clearInterval(sending);
    await Promise.all(sends);
    await vi.waitFor(() => expect(seen.size).toBe(sends.length), soon);
    const cuts = new CutReader(connection);
    await vi.waitFor(async () => expect(await cuts.passed('outage', topic.name, await cuts.endOffsets(topic.name))).toBe(true), soon);
    await server.close();
    await producer.close();
    await connection.close();
  });
});
