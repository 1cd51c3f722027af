import { topics } from '@tollgate/contracts';
import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FRAME_HEADER_BYTES, FrameType, frameEnd, findFrame } from './frame';
import { compareSegments, listSegments, type SegmentName, segmentPath, SEGMENT_MAGIC, type SpoolPosition } from './segment-files';
import { readUsageKey, usageRecordStart } from './usage-codec';

/** A record as Kafka takes it. */
export interface EncodedRecord {
  readonly key: string;
  readonly value: Buffer;
}

export interface RecordBatch {
  readonly records: EncodedRecord[];
  /** Behind the batch's last frame. */
  readonly end: SpoolPosition;
}

const READ_BYTES = 512 * 1024;
const RECORD_LIMIT = 1000;

/** Where the newest frame ends while a process writes to the slot; null when nobody does and the files are whole. */
export type WriteEnd = () => SpoolPosition | null;

/** Reads what has to go to Kafka back from a slot's segments: from the page cache as a rule, and never more than a batch at a time. */
export class BatchReader {
  private file: { handle: FileHandle; name: SegmentName } | null = null;

  constructor(
    private readonly directory: string,
    private readonly producer: string,
    private readonly writeEnd: WriteEnd,
  ) {}

  /** The next records behind `from`; without any the end may still have moved, over frames that stay here. Null: everything has been read. */
  async read(from: SpoolPosition): Promise<RecordBatch | null> {
    const segment = await this.openAt(from);
    if (!segment) return null;
    const { handle, offset, name } = segment;
    const writing = this.writeEnd();
    const live = writing !== null && compareSegments(writing, name) === 0;
    if (live && writing.offset <= offset) return null;
    for (let wanted = READ_BYTES; ; wanted *= 2) {
      const bytes = Buffer.allocUnsafeSlow(live ? Math.min(wanted, writing.offset - offset) : wanted);
      // What was just written is in the page cache: reading it here takes less time than having another thread read it.
      const bytesRead = live
        ? readSync(handle.fd, bytes, 0, bytes.length, offset)
        : (await handle.read(bytes, 0, bytes.length, offset)).bytesRead;
      if (bytesRead === 0) {
        // Only a segment that nobody writes to any more can be left for the next.
        const next = live ? undefined : this.segmentAfter(name);
        return next ? this.read({ ...next, offset: 0 }) : null;
      }
      const batch = this.collect(bytes.subarray(0, bytesRead), { ...name, offset }, !live && bytesRead < bytes.length);
      // Without progress there is one frame larger than what was read, or a damaged stretch: read on.
      if (batch.end.offset > offset) return batch;
    }
  }

  async close(): Promise<void> {
    await this.file?.handle.close();
    this.file = null;
  }

  /** `final`: nothing will ever follow these bytes, so what is no whole frame is damage. */
  private collect(bytes: Buffer, from: SpoolPosition, final: boolean): RecordBatch {
    const records: EncodedRecord[] = [];
    let offset = from.offset === 0 ? SEGMENT_MAGIC.length : 0;
    while (records.length < RECORD_LIMIT && offset < bytes.length) {
      const next = frameEnd(bytes, offset, bytes.length);
      if (next === 0 && !final) break;
      if (next <= 0) {
        const found = findFrame(bytes, offset + 1, bytes.length);
        if (found < 0 && !final) break;
        offset = found < 0 ? bytes.length : found;
        continue;
      }
      const type = bytes[offset + 8];
      const start = offset + FRAME_HEADER_BYTES;
      if (type === FrameType.usage) records.push({ key: readUsageKey(bytes, start), value: bytes.subarray(usageRecordStart(start), next) });
      else if (type === FrameType.mark || type === FrameType.close)
        records.push({ key: this.producer, value: bytes.subarray(start, next) });
      offset = next;
    }
    return { records, end: { ...from, offset: from.offset + Math.min(offset, bytes.length) } };
  }

  private async openAt(from: SpoolPosition): Promise<{ handle: FileHandle; name: SegmentName; offset: number } | null> {
    if (this.file && compareSegments(this.file.name, from) === 0) return { ...this.file, offset: from.offset };
    await this.close();
    const name = listSegments(this.directory).find((segment) => compareSegments(segment, from) >= 0);
    if (!name) return null;
    this.file = { handle: await open(segmentPath(this.directory, name), 'r'), name };
    return { ...this.file, offset: compareSegments(name, from) === 0 ? from.offset : 0 };
  }

  private segmentAfter(name: SegmentName): SegmentName | undefined {
    return listSegments(this.directory).find((segment) => compareSegments(segment, name) > 0);
  }
}

/** The topic that all of it goes to. */
export const SPOOL_TOPIC = topics.usageRecorded.name;
