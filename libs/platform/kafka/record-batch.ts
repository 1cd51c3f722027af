import type { RecordHeaders } from './record-headers';

/** A decoded record of a topic. */
export interface BatchRecord<T> {
  /** Empty when the record has none. */
  readonly key: string;
  readonly value: T;
  readonly headers: RecordHeaders;
  /** When the broker appended it, epoch ms. */
  readonly timestamp: number;
  readonly offset: bigint;
}

/** Consecutive records of one partition. A handler's effects and its note that they were applied commit in one transaction. */
export interface RecordBatch<T> {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly BatchRecord<T>[];
}
