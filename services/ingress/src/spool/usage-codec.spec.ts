import { UsageRecord } from '@tollgate/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_HEADER_BYTES, FrameBuffer } from './frame';
import { answered, callNumber, FACTS, PRODUCER, reported, usageOf } from './spool-fixture';
import {
  type AcceptedCall,
  type CallEnd,
  EMPTY_USAGE,
  encodeCallFacts,
  encodeRecordPrefix,
  readIntent,
  readUsageKey,
  usageRecordStart,
  writeCallEnd,
  writeIntent,
  writeUsage,
} from './usage-codec';

const PREFIX = encodeRecordPrefix(PRODUCER, 7);
const AT = '2026-10-01T00:00:00.001Z';
const GRANT = { budgetId: 'b'.repeat(36), grantId: 'c'.repeat(36), held: '0.0125' };

function written(call: AcceptedCall, end: CallEnd): UsageRecord {
  const frames = new FrameBuffer(16);
  writeCallEnd(frames, PREFIX, call, end);
  return UsageRecord.decode(frames.buffer.subarray(usageRecordStart(FRAME_HEADER_BYTES), frames.length));
}

describe('the record of a call', () => {
  it('says what was accepted and how it ended', () => {
    const call = callNumber(1, { sequence: 300, acceptedAt: AT });
    const end = answered({ attributes: { service_tier: 'flex' }, grants: [GRANT], timeToFirstTokenMs: 5, estimated: true });
    expect(written(call, end)).toEqual({
      producer: PRODUCER,
      epoch: 7,
      sequence: 300n,
      body: {
        $case: 'usage',
        value: {
          ...EMPTY_USAGE,
          ...FACTS,
          eventId: call.eventId,
          requestId: call.requestId,
          attempt: 1,
          occurredAt: AT,
          receivedAt: AT,
          outcome: end.outcome,
          quantities: { input_tokens: '19', output_tokens: '10' },
          attributes: { service_tier: 'flex' },
          grants: [GRANT],
          estimated: true,
          latencyMs: 12,
          timeToFirstTokenMs: 5,
          status: 200,
        },
      },
    });
  });

  it('survives any text, number and size', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    const map = fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      text,
      { maxKeys: 20 },
    );
    fc.assert(
      fc.property(
        map,
        map,
        map,
        fc.integer({ min: 1, max: 2 ** 47 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (tags, quantities, attributes, sequence, latencyMs) => {
          const facts = encodeCallFacts({ ...FACTS, tags });
          const record = written(
            callNumber(1, { facts, sequence, acceptedAt: AT }),
            answered({ quantities, attributes, latencyMs, grants: [GRANT, GRANT] }),
          );
          const usage = usageOf(record);
          expect(record.sequence).toBe(BigInt(sequence));
          expect({ ...usage.tags }).toEqual({ ...toUtf8(tags) });
          expect({ ...usage.quantities }).toEqual({ ...toUtf8(quantities) });
          expect({ ...usage.attributes }).toEqual({ ...toUtf8(attributes) });
          expect(usage.latencyMs).toBe(latencyMs);
          expect(usage.grants).toEqual([GRANT, GRANT]);
        },
      ),
    );
  });

  it('is keyed by its event id', () => {
    const frames = new FrameBuffer();
    writeUsage(frames, PREFIX, 9, reported(4));
    expect(readUsageKey(frames.buffer, FRAME_HEADER_BYTES)).toBe(reported(4).eventId);
    const record = UsageRecord.decode(frames.buffer.subarray(usageRecordStart(FRAME_HEADER_BYTES), frames.length));
    expect(record).toEqual({ producer: PRODUCER, epoch: 7, sequence: 9n, body: { $case: 'usage', value: reported(4) } });
  });
});

describe('an intent', () => {
  it('holds what an orphan needs, and reads back', () => {
    const call = callNumber(2, { sequence: 5, acceptedAt: AT, inputBytes: 33_000_000, outputBound: 4096, grants: [GRANT] });
    const frames = new FrameBuffer();
    writeIntent(frames, call);
    expect(readIntent(frames.buffer.subarray(FRAME_HEADER_BYTES, frames.length))).toEqual({
      sequence: 5,
      inputBytes: 33_000_000,
      outputBound: 4096,
      usage: {
        ...EMPTY_USAGE,
        ...FACTS,
        eventId: call.eventId,
        requestId: call.requestId,
        attempt: 1,
        occurredAt: AT,
        receivedAt: AT,
        grants: [GRANT],
      },
    });
  });
});

/** Lone surrogates cannot be written as UTF-8. */
function toUtf8(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [Buffer.from(key).toString(), Buffer.from(value).toString()]));
}
