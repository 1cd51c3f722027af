import { deadLetterTopicName, type Topic } from '@tollgate/contracts';
import { inBatchSpan } from './batch-span';
import type { KafkaLogger } from './client-logger';
import type { BatchControl, FetchedBatch, FetchedRecord } from './consumer-session';
import { deadLetterOf, type DeadLetterSink, REPLAY_FOR, toDeadLetterRecord } from './dead-letter';
import type { EventProducer } from './event-producer';
import { PoisonRecordError, reasonOf } from './failures';
import { handleSlice, setAside } from './handle-slice';
import type { ConsumerMetrics } from './kafka-metrics';
import type { LagWatch } from './lag-watch';
import type { BatchRecord, RecordBatch } from './record-batch';
import { textHeaders } from './record-headers';
import { slices } from './slices';

/** What the reader of one topic is made of. */
export interface PartitionReaderOptions {
  topic: Topic<unknown>;
  group: string;
  producer: EventProducer;
  deadLetterSink?: DeadLetterSink;
  metrics: ConsumerMetrics;
  lag: LagWatch;
  logger: KafkaLogger;
  maxBatch: number;
  maxBatchBytes: number;
  isTransient(error: unknown): boolean;
  handle(batch: RecordBatch<unknown>): Promise<void>;
}

interface Decoded {
  readonly raw: FetchedRecord;
  readonly record: BatchRecord<unknown>;
}

/** Takes one topic's polls through decoding, the handler, dead letters and the commit, slice by slice. */
export class PartitionReader {
  readonly #options: PartitionReaderOptions;

  constructor(options: PartitionReaderOptions) {
    this.#options = options;
  }

  async read(batch: FetchedBatch, control: BatchControl): Promise<void> {
    const { maxBatch, maxBatchBytes, lag } = this.#options;
    for (const slice of slices(batch.records, maxBatch, maxBatchBytes)) {
      if (control.signal.aborted || !(await this.#readSlice(batch, slice, control.signal))) return;
      const last = slice.at(-1)!;
      await control.done(last);
      lag.progressed(batch.topic, batch.partition, BigInt(last.offset) + 1n, batch.highWatermark);
      this.#options.metrics.records.add(slice.length, { group: this.#options.group, topic: batch.topic });
    }
  }

  /** True once every record of the slice is handled or set aside. */
  async #readSlice({ topic, partition }: FetchedBatch, slice: readonly FetchedRecord[], signal: AbortSignal): Promise<boolean> {
    const { group, metrics, isTransient } = this.#options;
    const attributes = { group, topic };
    const shared = {
      signal,
      onFailure: (error: unknown, kind: 'transient' | 'suspect') => this.#failed(error, kind, topic, partition),
      deadLetter: (raw: FetchedRecord, error: unknown) => this.#deadLetter(topic, partition, raw, error),
    };
    const decoded: Decoded[] = [];
    for (const raw of slice) {
      const result = this.#decode(raw);
      if (result instanceof PoisonRecordError) {
        if (!(await setAside(raw, result, shared))) return false;
      } else if (result !== undefined) decoded.push(result);
    }
    if (decoded.length === 0) return true;
    return handleSlice(decoded, {
      ...shared,
      isTransient,
      deadLetter: ({ raw }, error) => shared.deadLetter(raw, error),
      handle: async (part) => {
        const batch: RecordBatch<unknown> = { topic, partition, records: part.map(({ record }) => record) };
        const startedMs = performance.now();
        await inBatchSpan(group, batch, () => this.#options.handle(batch));
        metrics.batchMs.record(performance.now() - startedMs, attributes);
        metrics.batchRecords.record(part.length, attributes);
      },
    });
  }

  /** Undefined for a record that was replayed for another group. */
  #decode(raw: FetchedRecord): Decoded | PoisonRecordError | undefined {
    const headers = textHeaders(raw.headers);
    if (headers[REPLAY_FOR] !== undefined && headers[REPLAY_FOR] !== this.#options.group) return undefined;
    if (raw.value === null) return new PoisonRecordError('The record has no value');
    try {
      const value = this.#options.topic.decode(raw.value);
      return {
        raw,
        record: { key: raw.key?.toString() ?? '', value, headers, timestamp: Number(raw.timestamp), offset: BigInt(raw.offset) },
      };
    } catch (error) {
      return new PoisonRecordError(`The record cannot be decoded: ${reasonOf(error)}`);
    }
  }

  #failed(error: unknown, kind: 'transient' | 'suspect', topic: string, partition: number): void {
    const { group, metrics, logger } = this.#options;
    metrics.failures.add(1, { group, topic, kind });
    logger.warn({ err: error, group, topic, partition, kind }, 'A batch was not handled; it is tried again');
  }

  async #deadLetter(topic: string, partition: number, raw: FetchedRecord, error: unknown): Promise<void> {
    const { group, producer, deadLetterSink, metrics, logger } = this.#options;
    const letter = deadLetterOf(group, topic, partition, raw, error);
    await deadLetterSink?.(letter);
    await producer.sendEncoded(deadLetterTopicName(group), [toDeadLetterRecord(letter)]);
    metrics.deadLetters.add(1, { group, topic });
    logger.error(
      { group, topic, partition, offset: raw.offset, key: letter.key, reason: letter.reason },
      'A record cannot be handled and was set aside',
    );
  }
}
