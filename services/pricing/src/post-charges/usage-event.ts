import type { ProducerClosed, ProducerMarked, UsageRecord, UsageRecorded } from '@tollgate/contracts';
import { PoisonRecordError } from '@tollgate/platform/kafka';
import { contentHash } from './content-hash';

/** A usage event as it came in: its content, its place in the producer's numbered stream, and what identifies its content. */
export interface UsageEvent {
  readonly usage: UsageRecorded;
  readonly producer: string;
  readonly epoch: number;
  readonly sequence: bigint;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly contentHash: Buffer;
}

/** A producer's word about its own stream. */
export type StreamNote =
  | { readonly kind: 'marked'; readonly producer: string; readonly epoch: number; readonly at: number; readonly sequence: bigint }
  | {
      readonly kind: 'closed';
      readonly producer: string;
      readonly epoch: number;
      readonly at: number;
      readonly sequence: bigint;
      readonly retired: boolean;
    };

/** What a batch of records holds. */
export interface UsageBatch {
  readonly events: UsageEvent[];
  readonly notes: StreamNote[];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MAX_SEQUENCE = 2n ** 62n;

/** Takes records apart. Throws PoisonRecordError for one that could never be booked: ids that are none, times that are none, an empty record. */
export function readUsageBatch(records: readonly UsageRecord[]): UsageBatch {
  const events: UsageEvent[] = [];
  const notes: StreamNote[] = [];
  for (const { producer, epoch, sequence, body } of records) {
    if (!UUID.test(producer) || epoch < 1) throw new PoisonRecordError('The record names no producer and epoch');
    if (!body) throw new PoisonRecordError('The record has no body');
    if (body.$case === 'usage') events.push(readUsage(body.value, producer, epoch, sequence));
    else if (body.$case === 'marked') notes.push(readMark(body.value, producer, epoch));
    else notes.push(readClosing(body.value, producer, epoch));
  }
  return { events, notes };
}

function readUsage(usage: UsageRecorded, producer: string, epoch: number, sequence: bigint): UsageEvent {
  if (!UUID.test(usage.eventId)) throw new PoisonRecordError('event_id is not a UUID in lower case');
  if (!UUID.test(usage.organizationId)) throw new PoisonRecordError('organization_id is not a UUID in lower case');
  if (usage.correctsEventId !== '' && !UUID.test(usage.correctsEventId))
    throw new PoisonRecordError('corrects_event_id is not a UUID in lower case');
  if (usage.correctsEventId === usage.eventId) throw new PoisonRecordError('An event cannot correct itself');
  if (sequence < 1n || sequence > MAX_SEQUENCE) throw new PoisonRecordError('A usage event has a sequence from 1');
  const occurredAt = instant(usage.occurredAt, 'occurred_at');
  instant(usage.receivedAt, 'received_at');
  return { usage, producer, epoch, sequence, occurredAt, contentHash: contentHash(usage) };
}

function readMark({ markedAt, sequence }: ProducerMarked, producer: string, epoch: number): StreamNote {
  if (sequence > MAX_SEQUENCE) throw new PoisonRecordError('sequence is out of range');
  return { kind: 'marked', producer, epoch, at: instant(markedAt, 'marked_at'), sequence };
}

function readClosing({ closedAt, sequence, retired }: ProducerClosed, producer: string, epoch: number): StreamNote {
  if (sequence > MAX_SEQUENCE) throw new PoisonRecordError('sequence is out of range');
  return { kind: 'closed', producer, epoch, at: instant(closedAt, 'closed_at'), sequence, retired };
}

function instant(text: string, field: string): number {
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs)) throw new PoisonRecordError(`${field} is not a time`);
  return epochMs;
}
