import { deadLetterTopicName } from '@tollgate/contracts';
import type { FetchedRecord } from './consumer-session';
import type { TopicLayout } from './ensure-topics';
import type { EncodedRecord } from './event-producer';
import { reasonOf } from './failures';
import { type RecordHeaders, textHeaders } from './record-headers';

/** A record that a group could not handle, as the service's own table keeps it. (group, topic, partition, offset) names it once. */
export interface DeadLetter {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
  readonly reason: string;
  /** When the broker appended the record, epoch ms. */
  readonly timestamp: number;
}

/** Writes the letter to a table of the service's own; must be idempotent, since it may be called again for the same record. */
export type DeadLetterSink = (letter: DeadLetter) => Promise<void>;

/** Names of the headers of a record in a dead-letter topic. */
export const DEAD_LETTER_HEADERS = { reason: 'reason', topic: 'topic', partition: 'partition', offset: 'offset' } as const;

/** Header of a replayed record: the group that it is replayed for; other groups pass it over. */
export const REPLAY_FOR = 'replay-for';

/** Layout of a group's dead-letter topic. */
export function deadLetterTopic(group: string): TopicLayout {
  return { name: deadLetterTopicName(group), partitions: 1, cleanup: 'delete' };
}

/** The record as it is set aside, with the reason that the error names. */
export function deadLetterOf(group: string, topic: string, partition: number, record: FetchedRecord, error: unknown): DeadLetter {
  return {
    group,
    topic,
    partition,
    offset: BigInt(record.offset),
    key: record.key?.toString() ?? '',
    value: record.value,
    headers: textHeaders(record.headers),
    reason: reasonOf(error),
    timestamp: Number(record.timestamp),
  };
}

/** The letter as a record of the dead-letter topic: the value's bytes as they were, where they came from in headers. */
export function toDeadLetterRecord(letter: DeadLetter): EncodedRecord {
  return {
    key: letter.key,
    value: letter.value,
    headers: {
      ...letter.headers,
      [DEAD_LETTER_HEADERS.reason]: letter.reason,
      [DEAD_LETTER_HEADERS.topic]: letter.topic,
      [DEAD_LETTER_HEADERS.partition]: String(letter.partition),
      [DEAD_LETTER_HEADERS.offset]: String(letter.offset),
    },
  };
}
