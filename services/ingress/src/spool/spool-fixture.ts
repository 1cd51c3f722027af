import { Outcome, UsageRecord, type UsageRecorded } from '@tollgate/contracts';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameType } from './frame';
import { scanSegment } from './scan-segment';
import { listSegments, segmentPath } from './segment-files';
import { Spool, type SpoolOptions } from './spool';
import { type AcceptedCall, type CallEnd, type CallFacts, EMPTY_USAGE, encodeCallFacts, usageRecordStart } from './usage-codec';

export const PRODUCER = '0190a000-0000-7000-8000-000000000001';

export const FACTS: CallFacts = {
  organizationId: '0190a000-0000-7000-8000-0000000000aa',
  keyId: '0190a000-0000-7000-8000-0000000000bb',
  provider: 'openai',
  model: 'gpt-4o',
  connectionId: '0190a000-0000-7000-8000-0000000000cc',
  ownConnection: false,
  operation: 'chat',
  streamed: false,
  tags: { project: 'search', team: 'Größe' },
};

/** The nth id of a kind. */
export function id(kind: string, n: number): string {
  return `0190a000-0000-7000-8000-${kind.padStart(2, '0')}${String(n).padStart(10, '0')}`;
}

export function callNumber(n: number, change: Partial<AcceptedCall> = {}): AcceptedCall {
  return {
    sequence: 0,
    eventId: id('e', n),
    requestId: id('f', n),
    attempt: 1,
    acceptedAt: '',
    facts: encodeCallFacts(FACTS),
    inputBytes: 400,
    outputBound: 100,
    grants: [],
    ...change,
  };
}

export function answered(change: Partial<CallEnd> = {}): CallEnd {
  return {
    outcome: Outcome.OUTCOME_ANSWERED,
    quantities: { input_tokens: '19', output_tokens: '10' },
    attributes: {},
    estimated: false,
    latencyMs: 12,
    timeToFirstTokenMs: 0,
    status: 200,
    grants: [],
    ...change,
  };
}

export function reported(n: number): UsageRecorded {
  return {
    ...EMPTY_USAGE,
    eventId: id('d', n),
    requestId: id('d', n),
    attempt: 1,
    provider: 'openai',
    model: 'gpt-4o',
    quantities: { input_tokens: '1' },
  };
}

/** A folder that goes when the test is over. */
export async function withFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-spool-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function newSpool(directory: string, change: Partial<SpoolOptions> = {}): Spool {
  let now = Date.parse('2026-10-01T00:00:00.000Z');
  return new Spool({
    directory,
    producer: PRODUCER,
    epoch: 1,
    clock: { now: () => (now += 1) },
    segmentBytes: 1 << 20,
    grants: () => [],
    onUsage: () => undefined,
    onWriteFailure: () => undefined,
    ...change,
  });
}

/** Accepts a call at once, not at the end of the turn. @throws what the spool says. */
export function accept(spool: Spool, call: AcceptedCall): void {
  spool.accept(call, rethrow);
  spool.flushNow();
}

export function finish(spool: Spool, call: AcceptedCall, change: Partial<CallEnd> = {}): void {
  spool.finish(call, answered(change), rethrow);
  spool.flushNow();
}

function rethrow(error: Error | null): void {
  if (error) throw error;
}

/** Every record that the folder's segments hold for Kafka, in order. */
export function recordsIn(directory: string): UsageRecord[] {
  const records: UsageRecord[] = [];
  for (const segment of listSegments(directory)) {
    scanSegment(readFileSync(segmentPath(directory, segment)), (type, bytes, start, end) => {
      if (type === FrameType.usage) records.push(UsageRecord.decode(bytes.subarray(usageRecordStart(start), end)));
      if (type === FrameType.mark || type === FrameType.close) records.push(UsageRecord.decode(bytes.subarray(start, end)));
    });
  }
  return records;
}

export function usageOf(record: UsageRecord | undefined): UsageRecorded {
  if (record?.body?.$case !== 'usage') throw new Error(`no usage record: ${record?.body?.$case}`);
  return record.body.value;
}
