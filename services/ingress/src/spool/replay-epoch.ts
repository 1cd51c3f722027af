import { UsageRecord } from '@tollgate/contracts';
import { readFileSync, truncateSync } from 'node:fs';
import { EpochFindings } from './epoch-findings';
import { FrameBuffer, FrameType } from './frame';
import { listSegments, type SegmentName, segmentPath, SegmentWriter } from './segment-files';
import type { GrantBalance } from './segment-head';
import { writeSegmentHead } from './segment-head';
import { scanSegment } from './scan-segment';
import { encodeRecordPrefix, writeUsage } from './usage-codec';

export interface ReplayOptions {
  readonly directory: string;
  readonly producer: string;
  readonly epoch: number;
  /** The oldest segment that may hold the intent of a call that never ended; null to read all. */
  readonly from: SegmentName | null;
  /** Closes the producer too: nobody will take this slot again. */
  readonly retire: boolean;
  readonly nowMs: number;
}

export interface ReplayReport {
  readonly lastSequence: number;
  readonly notSent: number;
  readonly estimated: number;
  /** Bytes in the midst of segments that no frame explains. Their numbers will show as a gap. */
  readonly damagedBytes: number;
  /** How the epoch was closed, by replay or before it. */
  readonly retired: boolean;
  /** What the dead process could still spend: told once, by the replay that ends the epoch. */
  readonly idleGrants: readonly GrantBalance[];
}

/**
 * Ends an epoch whose process died: cuts off the torn tail, writes the missing record of every call that was under way, and closes the epoch with its
 * final number. Everything goes into a new segment of the same epoch. Dying in the midst of it is harmless: the next replay finds what is there.
 */
export function replayEpoch(options: ReplayOptions): ReplayReport {
  const { directory, producer, epoch, nowMs } = options;
  const segments = listSegments(directory).filter((segment) => segment.epoch === epoch);
  const { findings, damagedBytes } = readEpoch(directory, segments, options.from);
  const report = { lastSequence: findings.lastSequence, damagedBytes };
  // What was left of its grants has been given back, or was about to be: given back twice, it would let spending pass a limit.
  if (findings.closed) return { ...report, idleGrants: [], notSent: 0, estimated: 0, retired: findings.closed.retired };

  const frames = new FrameBuffer();
  writeSegmentHead(frames, { lastSequence: findings.lastSequence, grants: findings.grantBalances() });
  const headBytes = Buffer.from(frames.buffer.subarray(0, frames.length));
  frames.clear();
  const prefix = encodeRecordPrefix(producer, epoch);
  const orphans = findings.orphans();
  for (const { sequence, usage } of orphans) writeUsage(frames, prefix, sequence, usage);
  const closed = { closedAt: new Date(nowMs).toISOString(), sequence: BigInt(findings.lastSequence), retired: options.retire };
  frames.append(FrameType.close, UsageRecord.encode({ producer, epoch, sequence: 0n, body: { $case: 'closed', value: closed } }).finish());

  const writer = new SegmentWriter(directory, { epoch, number: (segments.at(-1)?.number ?? 0) + 1 }, headBytes);
  writer.append(frames.buffer, frames.length);
  writer.close(true);
  const estimated = orphans.filter(({ usage }) => usage.estimated).length;
  return { ...report, idleGrants: findings.idleGrants(), notSent: orphans.length - estimated, estimated, retired: options.retire };
}

/** Reads from the segment that replay must begin at, or from an older one while nothing read tells where the numbers stood. */
function readEpoch(
  directory: string,
  segments: readonly SegmentName[],
  from: SegmentName | null,
): { findings: EpochFindings; damagedBytes: number } {
  const last = segments.at(-1);
  let begin = from?.epoch === last?.epoch ? segments.findIndex((segment) => segment.number >= (from?.number ?? 0)) : 0;
  if (begin < 0) begin = Math.max(0, segments.length - 1);
  for (;;) {
    const findings = new EpochFindings();
    let damagedBytes = 0;
    for (const segment of segments.slice(begin)) {
      const path = segmentPath(directory, segment);
      const bytes = readFileSync(path);
      const scan = scanSegment(bytes, (type, source, start, end) => findings.apply(type, source, start, end));
      damagedBytes += scan.damagedBytes;
      if (scan.end < bytes.length) truncateSync(path, scan.end);
    }
    if (findings.anchored || begin === 0) return { findings, damagedBytes };
    begin -= 1;
  }
}
