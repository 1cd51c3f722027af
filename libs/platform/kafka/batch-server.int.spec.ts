import { randomUUID } from 'node:crypto';
import type { Topic } from '@tollgate/contracts';
import { deadLetterTopicName } from '@tollgate/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import {
  BatchServer,
  type BatchServerOptions,
  createKafka,
  CutReader,
  type DeadLetter,
  ensureTopics,
  EventProducer,
  GroupConsumer,
  PoisonRecordError,
  type RecordBatch,
  replayDeadLetters,
  textHeaders,
} from './index';

const connection = createKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'batch-server-spec' });
const producer = new EventProducer({ connection });
const open: { close(): Promise<void> }[] = [];

function textTopic(partitions = 3): Topic<string> {
  return {
    name: `spec.${randomUUID()}`,
    owner: 'spec',
    partitions,
    cleanup: 'delete',
    encode: (value) => Buffer.from(value),
    decode: (bytes) => {
      const text = Buffer.from(bytes).toString();
      if (text === 'undecodable') throw new Error('not one of ours');
      return text;
    },
  };
}

type Handler = (batch: RecordBatch<string>) => Promise<void> | void;

function serve(topic: Topic<string>, group: string, handler: Handler, options: Partial<BatchServerOptions> = {}): BatchServer {
  const server = new BatchServer({ connection, group, producer, extraTopics: [topic as Topic<unknown>], ...options });
  server.addHandler(topic.name, (batch: RecordBatch<string>) => Promise.resolve(handler(batch)) as never, true);
  server.listen(() => undefined);
  open.push(server);
  return server;
}

const numbered = (count: number, from = 0): { key: string; value: string }[] =>
  Array.from({ length: count }, (_, index) => ({ key: `k${from + index}`, value: `v${from + index}` }));
const soon = { timeout: 20_000, interval: 20 };

beforeAll(async () => {
  await ensureTopics(connection, [textTopic(1)]);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await producer.close();
  await connection.close();
});

describe('the batch server', () => {
  it('hands records over in batches of one partition, and commits them', async () => {
    const topic = textTopic();
    const group = randomUUID();
    await ensureTopics(connection, [topic]);
    await producer.send(topic, numbered(500));
    const seen: string[] = [];
    let calls = 0;
    serve(topic, group, (batch) => {
      calls += 1;
      for (const { value, key, timestamp } of batch.records) {
        expect(key).toBe(value.replace('v', 'k'));
        expect(Math.abs(Date.now() - timestamp)).toBeLessThan(60_000);
        seen.push(value);
      }
    });
    await vi.waitFor(() => expect(seen).toHaveLength(500), soon);
    expect(new Set(seen).size).toBe(500);
    expect(calls).toBeLessThan(20);
    const cuts = new CutReader(connection);
    await vi.waitFor(async () => expect(await cuts.passed(group, topic.name, await cuts.endOffsets(topic.name))).toBe(true), soon);
  });

  it('never hands over more than maxBatch records or maxBatchBytes bytes', async () => {
    const topic = textTopic(1);
    await ensureTopics(connection, [topic]);
    await producer.send(
      topic,
      Array.from({ length: 100 }, (_, n) => ({ key: `${n}`, value: 'x'.repeat(100) })),
    );
    const sizes: number[] = [];
    serve(topic, randomUUID(), (batch) => void sizes.push(batch.records.length), { maxBatch: 30, maxBatchBytes: 2_000 });
    await vi.waitFor(() => expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100), soon);
    // 2,000 bytes hold 20 records of 100 bytes: fewer than maxBatch.
    expect(Math.max(...sizes)).toBe(20);
  });

  it('sets a poison record aside with its reason and where it came from, and handles all the others', async () => {
    const topic = textTopic();
    const group = randomUUID();
    await ensureTopics(connection, [topic]);
    await producer.send(topic, [
      ...numbered(200),
      { key: 'bad', value: 'poison', headers: { origin: 'test' } },
      { key: 'worse', value: 'undecodable' },
      ...numbered(200, 200),
    ]);
    const done = new Set<string>();
    const sunk: DeadLetter[] = [];
    const handler: Handler = (batch) => {
      if (batch.records.some(({ value }) => value === 'poison')) throw new PoisonRecordError('it is poison');
      for (const { value } of batch.records) done.add(value);
    };
    serve(topic, group, handler, { deadLetterSink: (letter) => Promise.resolve(void sunk.push(letter)) });
    await vi.waitFor(() => expect([done.size, sunk.length]).toEqual([400, 2]), soon);
    expect(sunk.map(({ key, reason }) => [key, reason]).sort()).toEqual([
      ['bad', 'it is poison'],
      ['worse', 'The record cannot be decoded: Error: not one of ours'],
    ]);

    const letters: Record<string, string>[] = [];
    const reader = new GroupConsumer({
      connection,
      group: randomUUID(),
      topics: [{ name: deadLetterTopicName(group), partitions: 1, cleanup: 'delete' }],
      commits: false,
      onBatch: async (batch, control) => {
        for (const { headers, value } of batch.records) letters.push({ ...textHeaders(headers), value: value?.toString() ?? '' });
        await control.done(batch.records.at(-1)!);
      },
    });
    reader.start();
    open.push({ close: () => reader.close(1_000) });
    await vi.waitFor(() => expect(letters).toHaveLength(2), soon);
    expect(letters.find(({ value }) => value === 'poison')).toMatchObject({
      reason: 'it is poison',
      topic: topic.name,
      origin: 'test',
      partition: expect.stringMatching(/^\d$/),
      offset: expect.stringMatching(/^\d+$/),
    });
  });

  it('replays dead letters to their own group alone, and each of them once', async () => {
    const topic = textTopic(1);
    const [group, otherGroup] = [randomUUID(), randomUUID()];
    await ensureTopics(connection, [topic]);
    await producer.send(topic, [
      { key: 'a', value: 'later' },
      { key: 'b', value: 'now' },
    ]);
    let fixed = false;
    const own: string[] = [];
    const others: string[] = [];
    serve(topic, group, (batch) => {
      if (!fixed && batch.records.some(({ value }) => value === 'later')) throw new Error('not ready for it');
      own.push(...batch.records.map(({ value }) => value));
    });
    serve(topic, otherGroup, (batch) => void others.push(...batch.records.map(({ value }) => value)));
    const cuts = new CutReader(connection);
    await vi.waitFor(async () => expect([...(await cuts.endOffsets(deadLetterTopicName(group))).values()]).toEqual([1n]), soon);
    fixed = true;
    expect(await replayDeadLetters(connection, group)).toBe(1);
    await vi.waitFor(() => expect(own.sort()).toEqual(['later', 'now']), soon);
    expect(await replayDeadLetters(connection, group)).toBe(0);
    const end = await cuts.endOffsets(topic.name);
    await vi.waitFor(async () => expect(await cuts.passed(otherGroup, topic.name, end)).toBe(true), soon);
    expect(others.sort()).toEqual(['later', 'now']);
  });

  it('repeats a batch whose handler fails for a transient reason, and loses none', async () => {
    const topic = textTopic();
    const group = randomUUID();
    await ensureTopics(connection, [topic]);
    let failures = 0;
    const done = new Set<string>();
    serve(topic, group, (batch) => {
      if (failures < 4) {
        failures += 1;
        throw Object.assign(new Error('database away'), { code: 'ECONNREFUSED' });
      }
      for (const { value } of batch.records) done.add(value);
    });
    await producer.send(topic, numbered(300));
    await vi.waitFor(() => expect(done.size).toBe(300), soon);
    const letters = await new CutReader(connection).endOffsets(deadLetterTopicName(group));
    expect([...letters.values()]).toEqual([0n]);
  });

  it('hands a batch over again when the process ended between its effect and its commit', async () => {
    const topic = textTopic(1);
    const group = randomUUID();
    await ensureTopics(connection, [topic]);
    await producer.send(topic, numbered(10));
    const first: string[] = [];
    const cut = serve(
      topic,
      group,
      async (batch) => {
        first.push(...batch.records.map(({ value }) => value));
        await new Promise(() => undefined);
      },
      { drainMs: 100 },
    );
    await vi.waitFor(() => expect(first).toHaveLength(10), soon);
    await cut.close();
    const second: string[] = [];
    serve(topic, group, (batch) => void second.push(...batch.records.map(({ value }) => value)));
    await vi.waitFor(() => expect(second).toEqual(first), soon);
  });

  it('shares a topic among two servers of a group, and lets the second take all when the first closes', async () => {
    const topic = textTopic(6);
    const group = randomUUID();
    await ensureTopics(connection, [topic]);
    const counts = [new Map<string, number>(), new Map<string, number>()] as const;
    const partitions = [new Set<number>(), new Set<number>()] as const;
    const handlerOf =
      (which: 0 | 1): Handler =>
      (batch) => {
        partitions[which].add(batch.partition);
        for (const { value } of batch.records) counts[which].set(value, (counts[which].get(value) ?? 0) + 1);
      };
    const servers = [serve(topic, group, handlerOf(0)), serve(topic, group, handlerOf(1))];
    await vi.waitFor(() => expect(servers.every(({ ready }) => ready)).toBe(true), soon);
    // The second one's joining makes the group deal its partitions anew.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    partitions.forEach((set) => set.clear());
    await producer.send(topic, numbered(600));
    const total = (): number => new Set([...counts[0].keys(), ...counts[1].keys()]).size;
    await vi.waitFor(() => expect(total()).toBe(600), soon);
    expect([partitions[0].size, partitions[1].size]).toEqual([3, 3]);

    await servers[0]!.close();
    await producer.send(topic, numbered(600, 600));
    await vi.waitFor(() => expect(total()).toBe(1_200), soon);
    expect([...counts[0].values(), ...counts[1].values()].every((times) => times === 1)).toBe(true);
  });

  it('stays in the group while a handler takes longer than the session', async () => {
    const topic = textTopic(1);
    const group = randomUUID();
    await ensureTopics(connection, [topic]);
    await producer.send(topic, numbered(5));
    let calls = 0;
    serve(topic, group, async () => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 8_000));
    });
    const cuts = new CutReader(connection);
    await vi.waitFor(async () => expect(await cuts.passed(group, topic.name, await cuts.endOffsets(topic.name))).toBe(true), soon);
    expect(calls).toBe(1);
  });

  it('closes within two seconds when idle', async () => {
    const topic = textTopic(1);
    await ensureTopics(connection, [topic]);
    const server = serve(topic, randomUUID(), () => undefined);
    await vi.waitFor(() => expect(server.ready).toBe(true), soon);
    const startedMs = Date.now();
    await server.close();
    expect(Date.now() - startedMs).toBeLessThan(2_000);
  });

  it('reaches a handler within 300 ms of sending when idle', async () => {
    const topic = textTopic();
    await ensureTopics(connection, [topic]);
    const arrivedMs: number[] = [];
    const server = serve(topic, randomUUID(), (batch) => batch.records.forEach(() => arrivedMs.push(Date.now())));
    await vi.waitFor(() => expect(server.ready).toBe(true), soon);
    await producer.send(topic, numbered(1));
    await vi.waitFor(() => expect(arrivedMs).toHaveLength(1), soon);
    const sentMs = Date.now();
    await producer.send(topic, numbered(1, 1));
    await vi.waitFor(() => expect(arrivedMs).toHaveLength(2), { timeout: 5_000, interval: 5 });
    expect(arrivedMs[1]! - sentMs).toBeLessThan(300);
  });
});
