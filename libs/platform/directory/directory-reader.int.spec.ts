import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Topic } from '@tollgate/contracts';
import { createKafka, ensureTopics, EventProducer } from '@tollgate/platform/kafka';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { DirectoryReader, type DirectoryReaderOptions } from './index';
import { type SnapshotEntry, writeSnapshot } from './snapshot-file';

const connection = createKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'directory-spec' });
const nowhere = createKafka({ brokers: ['127.0.0.1:1'], clientId: 'directory-spec' });
const producer = new EventProducer({ connection });
const open: DirectoryReader[] = [];
let folder: string;
const soon = { timeout: 15_000, interval: 20 };

function newTopic(): Topic<string> {
  return {
    name: `spec.${randomUUID()}`,
    owner: 'spec',
    partitions: 1,
    cleanup: 'compact',
    encode: (value) => Buffer.from(value),
    decode: (bytes) => Buffer.from(bytes).toString(),
  };
}

function reader(options: Partial<DirectoryReaderOptions> & Pick<DirectoryReaderOptions, 'topics'>): DirectoryReader {
  const made = new DirectoryReader({ connection, ...options });
  open.push(made);
  return made;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'directory-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await producer.close();
  await Promise.all([connection.close(), nowhere.close()]);
  await rm(folder, { recursive: true });
});

describe('the directory reader', () => {
  it('serves once it has read everything that was there, and follows from then on', async () => {
    const [topic, empty] = [newTopic(), newTopic()];
    await ensureTopics(connection, [topic]);
    await producer.send(topic, [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
      { key: 'a', value: '3' },
      { key: 'b', value: null },
    ]);
    const directory = reader({ topics: [topic, empty] });
    expect(directory.ready).toBe(false);
    await directory.start();
    expect([directory.ready, directory.fromSnapshot, directory.live]).toEqual([true, false, true]);
    const view = directory.view(topic);
    expect([[...view.values()], view.get('b'), directory.view(empty).size]).toEqual([['3'], undefined, 0]);

    const changes: unknown[] = [];
    view.onChange((key, value) => changes.push([key, value]));
    await producer.send(topic, [
      { key: 'c', value: '4' },
      { key: 'a', value: null },
    ]);
    await producer.send(empty, [{ key: 'x', value: '5' }]);
    await vi.waitFor(
      () =>
        expect(changes).toEqual([
          ['c', '4'],
          ['a', undefined],
        ]),
      soon,
    );
    await vi.waitFor(() => expect(directory.view(empty).get('x')).toBe('5'), soon);
  });

  it('shows a change within 300 ms', async () => {
    const topic = newTopic();
    const directory = reader({ topics: [topic] });
    await directory.start();
    await producer.send(topic, [{ key: 'warm', value: 'up' }]);
    await vi.waitFor(() => expect(directory.view(topic).size).toBe(1), soon);
    const sentMs = Date.now();
    await producer.send(topic, [{ key: 'a', value: '1' }]);
    await vi.waitFor(() => expect(directory.view(topic).get('a')).toBe('1'), { timeout: 5_000, interval: 2 });
    expect(Date.now() - sentMs).toBeLessThan(300);
  });

  it('is ready from its snapshot while Kafka is away, and says so', async () => {
    const topic = newTopic();
    const snapshotFile = join(folder, 'away.snapshot');
    await ensureTopics(connection, [topic]);
    await producer.send(topic, [{ key: 'a', value: '1' }]);
    const before = reader({ topics: [topic], snapshotFile });
    await before.start();
    await before.close();

    const directory = reader({ connection: nowhere, topics: [topic], snapshotFile, startMs: 200 });
    await directory.start();
    expect([directory.ready, directory.fromSnapshot, directory.live, directory.view(topic).get('a')]).toEqual([true, true, false, '1']);
  });

  it('drops what was deleted, and compacted away, since the snapshot was written', async () => {
    const topic = newTopic();
    const snapshotFile = join(folder, 'stale.snapshot');
    const entry = (key: string, value: string): SnapshotEntry => ({ topic: topic.name, key, bytes: Buffer.from(value) });
    await writeSnapshot(snapshotFile, [entry('a', '1'), entry('gone', '2')]);
    await ensureTopics(connection, [topic]);
    await producer.send(topic, [{ key: 'a', value: '1' }]);
    const directory = reader({ topics: [topic], snapshotFile });
    const changes: unknown[] = [];
    directory.view(topic).onChange((key, value) => changes.push([key, value]));
    await directory.start();
    expect([directory.fromSnapshot, directory.view(topic).size]).toEqual([false, 1]);
    expect(changes).toEqual([
      ['a', '1'],
      ['gone', '2'],
      ['gone', undefined],
    ]);
  });

  it('gives up waiting for Kafka after the time it was given, stays unready, and closes quickly', async () => {
    const directory = reader({ connection: nowhere, topics: [newTopic()], startMs: 300 });
    const startedMs = Date.now();
    await directory.start();
    expect(directory.ready).toBe(false);
    await directory.close();
    expect(Date.now() - startedMs).toBeLessThan(3_500);
  });

  it('reads a damaged snapshot as none', async () => {
    const topic = newTopic();
    const snapshotFile = join(folder, 'damaged.snapshot');
    await writeFile(snapshotFile, '{"version":1}\n["x"');
    const directory = reader({ topics: [topic], snapshotFile });
    await directory.start();
    expect([directory.ready, directory.fromSnapshot, directory.view(topic).size]).toEqual([true, false, 0]);
  });
});
