import { rmSync, statfsSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareSegments, listSegments, type SegmentName, segmentPath } from './segment-files';

export interface DiskRoomOptions {
  readonly directory: string;
  /** What the slot's segments may take. */
  readonly limitBytes: number;
  /** What the file system must have left. */
  readonly minFreeBytes: number;
  /** Kept aside so that the records of calls under way can still be written when the disk is full. */
  readonly reserveBytes: number;
  /** How long a segment is kept after its records were acknowledged, room permitting. */
  readonly retainMs: number;
}

/** Sees to it that the spool stops taking calls before the disk is full, and makes room by deleting segments that are dealt with. */
export class DiskRoom {
  usedBytes = 0;
  /** Why no call may be accepted now; null when there is room. */
  refusal: string | null = null;
  private reserved = false;
  private settledUpTo: SegmentName = { epoch: 0, number: 0 };

  constructor(private readonly options: DiskRoomOptions) {}

  /** Measures, and deletes segments older than `keepFrom` that are due. Call it every few seconds. */
  check(keepFrom: SegmentName, nowMs: number): void {
    this.usedBytes = this.clean(keepFrom, nowMs);
    const { bavail, bsize } = statfsSync(this.options.directory);
    const freeBytes = bavail * bsize;
    if (this.usedBytes > this.options.limitBytes) this.refusal = `the spool holds ${this.usedBytes} bytes that Kafka has not acknowledged`;
    else if (freeBytes < this.options.minFreeBytes) this.refusal = `the spool's disk has ${freeBytes} bytes left`;
    else this.refusal = this.keepReserve() ? null : 'the spool cannot keep its reserve';
  }

  /** The disk is full: gives up the reserve, and takes no call until it is there again. */
  releaseReserve(): void {
    this.refusal = "the spool's disk is full";
    this.reserved = false;
    rmSync(this.reservePath, { force: true });
  }

  private get reservePath(): string {
    return join(this.options.directory, 'reserve');
  }

  private keepReserve(): boolean {
    if (this.reserved || this.options.reserveBytes === 0) return true;
    try {
      writeFileSync(this.reservePath, Buffer.alloc(this.options.reserveBytes, 1));
      this.reserved = true;
    } catch {
      rmSync(this.reservePath, { force: true });
    }
    return this.reserved;
  }

  private clean(keepFrom: SegmentName, nowMs: number): number {
    const { directory, limitBytes, retainMs } = this.options;
    const segments = listSegments(directory).map((segment) => ({ segment, path: segmentPath(directory, segment) }));
    const sizes = segments.map(({ segment, path }) => ({ segment, path, stats: statSync(path) }));
    let used = sizes.reduce((sum, { stats }) => sum + stats.size, 0);
    for (const { segment, path, stats } of sizes) {
      if (compareSegments(segment, keepFrom) >= 0) break;
      let settledAtMs = stats.mtimeMs;
      if (compareSegments(segment, this.settledUpTo) > 0) {
        // Its time is from here on that of its last acknowledgement.
        this.settledUpTo = segment;
        settledAtMs = nowMs;
        utimesSync(path, nowMs / 1000, nowMs / 1000);
      }
      if (nowMs - settledAtMs <= retainMs && used <= limitBytes / 2) continue;
      unlinkSync(path);
      used -= stats.size;
    }
    return used;
  }
}
