import { randomUUID } from 'node:crypto';
import type { Topic } from '@tollgate/contracts';
import { afterAll, describe, expect, inject, it, vi } from 'vitest';
import { createKafka, CutReader, ensureTopics, EventProducer, GroupConsumer } from './index';

const connection = createKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'cut-reader-spec' });
const producer = new EventProducer({ connection });
const cuts = new CutReader(connection);

async function newTopic(): Promise<Topic<string>> {
  const topic: Topic<string> = {
    name: `spec.${randomUUID()}`,
    owner: 'spec',
    partitions: 3,
    cleanup: 'delete',
    encode: (value) => Buffer.from(value),
    decode: (bytes) => Buffer.from(bytes).toString(),
  };
  await ensureTopics(connection, [topic]);
  return topic;
}

async function readAll(group: string, topic: Topic<string>): Promise<void> {
  const reader = new GroupConsumer({
    connection,
    group,
    topics: [topic],
    commits: true,
    onBatch: (batch, control) => control.done(batch.records.at(-1)!),
  });
  reader.start();
  await vi.waitFor(async () => expect(await cuts.passed(group, topic.name, await cuts.endOffsets(topic.name))).toBe(true), {
    timeout: 20_000,
    interval: 50,
  });
  await reader.close(1_000);
}

const inPartition = (partition: number, count: number): { key: string; value: Buffer; partition: number }[] =>
  Array.from({ length: count }, (_, n) => ({ key: `${n}`, value: Buffer.from(`${n}`), partition }));

afterAll(async () => {
  await producer.close();
  await connection.close();
});

describe('the cut reader', () => {
  it('says that a group which never committed has passed an empty topic', async () => {
    const topic = await newTopic();
    expect(await cuts.passed(randomUUID(), topic.name, await cuts.endOffsets(topic.name))).toBe(true);
    expect(await cuts.hasPassedTime(randomUUID(), topic.name, Date.now())).toBe(true);
  });

  it('says that a group which never committed has not passed a record', async () => {
    const topic = await newTopic();
    await producer.sendEncoded(topic.name, inPartition(1, 1));
    expect(await cuts.passed(randomUUID(), topic.name, await cuts.endOffsets(topic.name))).toBe(false);
    expect(await cuts.hasPassedTime(randomUUID(), topic.name, Date.now() + 1)).toBe(false);
  });

  it('counts the partition that was never committed: two read partitions do not make up for a third', async () => {
    const topic = await newTopic();
    const group = randomUUID();
    await producer.sendEncoded(topic.name, [...inPartition(0, 5), ...inPartition(1, 5)]);
    await readAll(group, topic);
    await producer.sendEncoded(topic.name, inPartition(2, 1));
    const ends = await cuts.endOffsets(topic.name);
    expect([...ends].sort()).toEqual([
      [0, 5n],
      [1, 5n],
      [2, 1n],
    ]);
    expect(await cuts.passed(group, topic.name, ends)).toBe(false);
    expect(
      await cuts.passed(
        group,
        topic.name,
        new Map([
          [0, 5n],
          [1, 5n],
          [2, 0n],
        ]),
      ),
    ).toBe(true);
  });

  it('passes a time once all that was appended before it is committed, whatever came after', async () => {
    const topic = await newTopic();
    const group = randomUUID();
    await producer.sendEncoded(topic.name, inPartition(0, 3));
    await readAll(group, topic);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const cutMs = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await producer.sendEncoded(topic.name, inPartition(0, 2));
    expect(await cuts.hasPassedTime(group, topic.name, cutMs)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await cuts.hasPassedTime(group, topic.name, Date.now())).toBe(false);
  });
});
