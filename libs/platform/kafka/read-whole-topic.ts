import { randomUUID } from 'node:crypto';
import type { FetchedRecord } from './consumer-session';
import { CutReader } from './cut-reader';
import { GroupConsumer } from './group-consumer';
import type { KafkaConnection } from './kafka-connection';

const FETCH_WAIT_MS = 100;
const IDLE_POLLS = 10;
const CLOSE_MS = 500;

/**
 * Shows every record that a topic holds at the moment of the call to `onRecord`, in no order among partitions, and leaves no trace in
 * the topic's groups. For tools and tests. Throws what `onRecord` throws, and while the topic or the broker is missing.
 */
export async function readWholeTopic(
  connection: KafkaConnection,
  topic: string,
  onRecord: (record: FetchedRecord, partition: number) => void,
): Promise<void> {
  const left = new Map(
    [...(await new CutReader(connection).bounds(topic))]
      .filter(([, { low, end }]) => end > low)
      .map(([partition, { end }]) => [partition, end]),
  );
  if (left.size === 0) return;
  let finish: (error?: unknown) => void;
  const finished = new Promise<void>((resolve, reject) => (finish = (error) => (error === undefined ? resolve() : reject(error as Error))));
  let idlePolls = 0;
  const consumer = new GroupConsumer({
    connection,
    group: `read-whole.${randomUUID()}`,
    topics: [],
    subscribed: [topic],
    commits: false,
    freshAfterRejoin: true,
    fetchMaxWaitMs: FETCH_WAIT_MS,
    // Where the newest records were compacted away, the end is never reached.
    onFetched: (durationMs) => {
      idlePolls = durationMs >= FETCH_WAIT_MS * 0.8 ? idlePolls + 1 : 0;
      if (idlePolls >= IDLE_POLLS) finish();
    },
    onBatch: async ({ partition, records }, control) => {
      idlePolls = 0;
      try {
        for (const record of records) if (BigInt(record.offset) < (left.get(partition) ?? 0n)) onRecord(record, partition);
      } catch (error) {
        finish(error);
      }
      const last = records.at(-1)!;
      await control.done(last);
      if (BigInt(last.offset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
      if (left.size === 0) finish();
    },
  });
  consumer.start();
  try {
    await finished;
  } finally {
    await consumer.close(CLOSE_MS);
  }
}
