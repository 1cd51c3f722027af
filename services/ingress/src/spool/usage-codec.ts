import { type GrantUse, Outcome, UsageRecord, UsageRecorded } from '@tollgate/contracts';
import { FrameBuffer, FrameType } from './frame';
import { ProtoCursor } from './proto-cursor';

/** What many calls have in common: made and encoded once for each combination of key, model, connection and tags. */
export interface CallFacts {
  readonly organizationId: string;
  readonly keyId: string;
  readonly provider: string;
  readonly model: string;
  readonly connectionId: string;
  readonly ownConnection: boolean;
  readonly operation: string;
  readonly streamed: boolean;
  readonly tags: { readonly [name: string]: string };
}

/** A call as it is numbered, before it is dispatched: enough to make the record of a call whose process died. */
export interface AcceptedCall {
  /** Its number in this epoch; given by the spool. */
  sequence: number;
  readonly eventId: string;
  readonly requestId: string;
  readonly attempt: number;
  /** RFC 3339: when it was numbered, which is when it occurred and was received; given by the spool. */
  acceptedAt: string;
  /** `encodeCallFacts` of its facts. */
  readonly facts: Buffer;
  /** Bytes of the request's body and the most output tokens that it may cause (0: unknown): what an estimate can go by. */
  readonly inputBytes: number;
  readonly outputBound: number;
  grants: readonly GrantUse[];
}

/** How a call ended. */
export interface CallEnd {
  readonly outcome: Outcome;
  readonly quantities: { readonly [unit: string]: string };
  readonly attributes: { readonly [name: string]: string };
  readonly estimated: boolean;
  readonly latencyMs: number;
  readonly timeToFirstTokenMs: number;
  /** The HTTP status of the provider's answer; 0 if there was none. */
  readonly status: number;
  readonly grants: readonly GrantUse[];
}

/** An intent as it is read back from a segment. `usage` lacks what only the end of the call could tell. */
export interface IntentRecord {
  readonly sequence: number;
  readonly inputBytes: number;
  readonly outputBound: number;
  readonly usage: UsageRecorded;
}

/** A usage event with nothing said. */
export const EMPTY_USAGE: UsageRecorded = UsageRecorded.decode(new Uint8Array(0));

const SEQUENCE_BYTES = 6;
const EVENT_ID_BYTES = 36;
const FIXED_FIELDS_BYTES = 512;
const BYTES_PER_CHARACTER = 3;
const cursor = new ProtoCursor();

export function encodeCallFacts(facts: CallFacts): Buffer {
  return Buffer.from(UsageRecorded.encode({ ...EMPTY_USAGE, ...facts, tags: { ...facts.tags } }).finish());
}

/** The bytes with which every record of an epoch begins. */
export function encodeRecordPrefix(producer: string, epoch: number): Buffer {
  return Buffer.from(UsageRecord.encode({ producer, epoch, sequence: 0n, body: undefined }).finish());
}

export function writeIntent(frames: FrameBuffer, call: AcceptedCall): void {
  const at = frames.open(FrameType.intent, call.facts.length + FIXED_FIELDS_BYTES + grantBytes(call.grants));
  const { buffer } = frames;
  buffer.writeUIntLE(call.sequence, at, SEQUENCE_BYTES);
  buffer.writeUInt32LE(Math.min(call.inputBytes, 0xffffffff), at + 6);
  buffer.writeUInt32LE(Math.min(call.outputBound, 0xffffffff), at + 10);
  writeAccepted(cursor.start(buffer, at + 14), call, call.grants);
  frames.close(cursor.at);
}

export function readIntent(payload: Buffer): IntentRecord {
  return {
    sequence: payload.readUIntLE(0, SEQUENCE_BYTES),
    inputBytes: payload.readUInt32LE(6),
    outputBound: payload.readUInt32LE(10),
    usage: UsageRecorded.decode(payload.subarray(14)),
  };
}

/** Marks of a call's progress carry its number alone. */
export function writeProgress(
  frames: FrameBuffer,
  type: typeof FrameType.held | typeof FrameType.sent | typeof FrameType.firstByte,
  sequence: number,
): void {
  const at = frames.open(type, SEQUENCE_BYTES);
  frames.buffer.writeUIntLE(sequence, at, SEQUENCE_BYTES);
  frames.close(at + SEQUENCE_BYTES);
}

/** The number that an intent, progress or usage frame is about. */
export function readSequence(bytes: Buffer, at: number): number {
  return bytes.readUIntLE(at, SEQUENCE_BYTES);
}

export function writeCallEnd(frames: FrameBuffer, prefix: Buffer, call: AcceptedCall, end: CallEnd): void {
  const room =
    prefix.length + call.facts.length + FIXED_FIELDS_BYTES + grantBytes(end.grants) + mapBytes(end.quantities) + mapBytes(end.attributes);
  const at = frames.open(FrameType.usage, room);
  startUsage(frames.buffer, at, prefix, call.sequence, call.eventId);
  const body = cursor.varint(34).openLength();
  writeAccepted(cursor, call, end.grants);
  cursor.number(96, end.outcome);
  for (const unit in end.quantities) cursor.entry(106, unit, end.quantities[unit]!);
  for (const name in end.attributes) cursor.entry(114, name, end.attributes[name]!);
  cursor.flag(144, end.estimated).number(152, end.latencyMs).number(160, end.timeToFirstTokenMs).number(176, end.status).closeLength(body);
  frames.close(cursor.at);
}

/** Writes the usage frame of an event whose whole body is at hand. */
export function writeUsage(frames: FrameBuffer, prefix: Buffer, sequence: number, usage: UsageRecorded): void {
  const encoded = Buffer.from(UsageRecorded.encode(usage).finish());
  const at = frames.open(FrameType.usage, prefix.length + encoded.length + FIXED_FIELDS_BYTES);
  startUsage(frames.buffer, at, prefix, sequence, usage.eventId);
  cursor.varint(34).varint(encoded.length).bytes(encoded);
  frames.close(cursor.at);
}

/** A usage frame's payload is its number, its event id (the Kafka key) and the record as Kafka takes it. */
export function readUsageKey(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at + SEQUENCE_BYTES, at + SEQUENCE_BYTES + EVENT_ID_BYTES);
}

export function usageRecordStart(payloadStart: number): number {
  return payloadStart + SEQUENCE_BYTES + EVENT_ID_BYTES;
}

function startUsage(buffer: Buffer, at: number, prefix: Buffer, sequence: number, eventId: string): void {
  buffer.writeUIntLE(sequence, at, SEQUENCE_BYTES);
  buffer.write(eventId, at + SEQUENCE_BYTES, 'latin1');
  cursor.start(buffer, usageRecordStart(at)).bytes(prefix).number(24, sequence);
}

function writeAccepted(to: ProtoCursor, call: AcceptedCall, grants: readonly GrantUse[]): void {
  to.ascii(10, call.eventId)
    .ascii(26, call.requestId)
    .number(32, call.attempt)
    .ascii(42, call.acceptedAt)
    .ascii(50, call.acceptedAt)
    .bytes(call.facts);
  for (const grant of grants) {
    const start = to.varint(138).openLength();
    to.ascii(10, grant.budgetId).ascii(18, grant.grantId).ascii(26, grant.held).closeLength(start);
  }
}

function grantBytes(grants: readonly GrantUse[]): number {
  let bytes = 0;
  for (const grant of grants) bytes += grant.budgetId.length + grant.grantId.length + grant.held.length + 16;
  return bytes;
}

function mapBytes(map: { readonly [key: string]: string }): number {
  let bytes = 0;
  for (const key in map) bytes += (key.length + map[key]!.length) * BYTES_PER_CHARACTER + 16;
  return bytes;
}
