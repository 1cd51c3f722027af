import { randomUUID } from 'node:crypto';
import type { Topic } from '@tollgate/contracts';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createKafka, ensureTopics, EventProducer, NotPublishedError, readWholeTopic } from './index';

const connection = createKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'producer-spec' });
const nowhere = createKafka({ brokers: ['127.0.0.1:1'], clientId: 'producer-spec' });
const producer = new EventProducer({ connection });

function newTopic(partitions = 1): Topic<string> {
  return {
    name: `spec.${randomUUID()}`,
    owner: 'spec',
    partitions,
    cleanup: 'delete',
    encode: (value) => Buffer.from(value),
    decode: (bytes) => Buffer.from(bytes).toString(),
  };
}

async function valuesOf(topic: Topic<string>): Promise<string[]> {
  const values: string[] = [];
  await readWholeTopic(connection, topic.name, ({ value }) => values.push(value?.toString() ?? '(none)'));
  return values;
}

afterAll(async () => {
  await producer.close();
  await Promise.all([connection.close(), nowhere.close()]);
});

describe('the producer', () => {
  it('keeps the order of sending within a partition, over many sends and batches', async () => {
    const topic = newTopic();
    await ensureTopics(connection, [topic]);
    const small = new EventProducer({ connection, maxBatchRecords: 7, lingerMs: 1 });
    const sends = Array.from({ length: 50 }, (_, n) =>
      small.send(
        topic,
        [0, 1, 2].map((m) => ({ key: 'k', value: `${n}.${m}` })),
      ),
    );
    await Promise.all(sends);
    await small.close();
    expect(await valuesOf(topic)).toEqual(Array.from({ length: 150 }, (_, n) => `${Math.floor(n / 3)}.${n % 3}`));
  });

  it('sends what waits before it closes, and refuses what comes after', async () => {
    const topic = newTopic();
    await ensureTopics(connection, [topic]);
    const slow = new EventProducer({ connection, lingerMs: 60_000 });
    const sent = slow.send(topic, [{ key: 'a', value: 'last' }]);
    await slow.close();
    await sent;
    expect(await valuesOf(topic)).toEqual(['last']);
    await expect(slow.send(topic, [{ key: 'a', value: 'late' }])).rejects.toThrow(NotPublishedError);
  });

  it('publishes to a topic that appears later', async () => {
    const topic = newTopic();
    const sent = producer.send(topic, [{ key: 'a', value: 'early' }]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await ensureTopics(connection, [topic]);
    await sent;
    expect(await valuesOf(topic)).toEqual(['early']);
  });

  it('is not held up in one topic by another that is missing', async () => {
    const [missing, there] = [newTopic(), newTopic()];
    await ensureTopics(connection, [there]);
    const stuck = expect(producer.send(missing, [{ key: 'a', value: 'x' }], { deadlineMs: 1_500 })).rejects.toThrow(NotPublishedError);
    const startedMs = Date.now();
    await producer.send(there, [{ key: 'a', value: 'y' }]);
    expect(Date.now() - startedMs).toBeLessThan(1_000);
    await stuck;
    expect(await valuesOf(there)).toEqual(['y']);
  });

  it('refuses a record over the limit and sends the others', async () => {
    const topic = newTopic();
    await ensureTopics(connection, [topic]);
    await expect(producer.send(topic, [{ key: 'a', value: 'x'.repeat(1_000_001) }])).rejects.toThrow(RangeError);
    await producer.send(topic, [
      { key: 'a', value: 'z'.repeat(900_000) },
      { key: 'b', value: 'small' },
    ]);
    expect((await valuesOf(topic)).map(({ length }) => length)).toEqual([900_000, 5]);
  });

  it('makes callers wait while its buffer is full, and lets go of them at their deadline or its close', async () => {
    const topic = newTopic();
    const full = new EventProducer({ connection: nowhere, maxBufferedBytes: 1_000, closeMs: 50 });
    const first = full.send(topic, [{ key: 'a', value: 'x'.repeat(1_000) }]);
    const second = full.send(topic, [{ key: 'b', value: 'y' }], { deadlineMs: 200 });
    const third = full.send(topic, [{ key: 'c', value: 'z' }]);
    // One record of 1,000 bytes, its key of 1 and its frame of 64.
    expect(full.bufferedBytes).toBe(1_065);
    await expect(second).rejects.toThrow('stayed full');
    const [closed] = await Promise.allSettled([
      full.close(),
      expect(first).rejects.toThrow(NotPublishedError),
      expect(third).rejects.toThrow(NotPublishedError),
    ]);
    expect(closed.status).toBe('fulfilled');
  });
});
