import { closeSync, fdatasync, fdatasyncSync, ftruncateSync, openSync, readdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Every segment begins with these bytes; the last one is the version of the format. */
export const SEGMENT_MAGIC = Buffer.from('TGSPOOL\x01', 'latin1');

/** Which segment of a slot: they are read in order of epoch, then number. */
export interface SegmentName {
  readonly epoch: number;
  readonly number: number;
}

/** A place in a slot's segments: everything before it is meant. */
export interface SpoolPosition extends SegmentName {
  readonly offset: number;
}

export function compareSegments(a: SegmentName, b: SegmentName): number {
  return a.epoch - b.epoch || a.number - b.number;
}

export function segmentPath(directory: string, segment: SegmentName): string {
  return join(directory, `${String(segment.epoch).padStart(8, '0')}-${String(segment.number).padStart(8, '0')}.seg`);
}

/** The segments that lie in a slot's folder, oldest first. */
export function listSegments(directory: string): SegmentName[] {
  return readdirSync(directory)
    .map((file) => /^(\d{8})-(\d{8})\.seg$/.exec(file))
    .filter((match) => match !== null)
    .map((match) => ({ epoch: Number(match[1]), number: Number(match[2]) }))
    .sort(compareSegments);
}

/** A frame could not be written: the disk is full or failing. Nothing of it is in the segment. */
export class SpoolWriteError extends Error {
  constructor(cause: unknown) {
    super(`the spool cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'SpoolWriteError';
  }
}

/** `fs.writeSync`, as far as it is used here. */
export type WriteSync = (descriptor: number, bytes: Buffer, offset: number, length: number, position: number) => number;

/**
 * Appends to one segment. A write is in the kernel's hands when `append` returns, so it outlives the process; a power cut may cost what was not synced.
 * A write that fails half way is cut off again, so that a segment never holds a torn frame while its process lives.
 */
export class SegmentWriter {
  size = 0;
  private descriptor: number;
  private dirty = false;
  private syncing = false;
  private closing = false;

  constructor(
    directory: string,
    readonly name: SegmentName,
    head: Buffer,
    private readonly write: WriteSync = writeSync,
  ) {
    const path = segmentPath(directory, name);
    this.descriptor = openSync(path, 'wx');
    try {
      this.append(Buffer.concat([SEGMENT_MAGIC, head]), SEGMENT_MAGIC.length + head.length);
    } catch (error) {
      closeSync(this.descriptor);
      unlinkSync(path);
      throw error;
    }
  }

  /** Appends the first `length` bytes. @throws SpoolWriteError and leaves the segment as it was. */
  append(bytes: Buffer, length: number): void {
    let written = 0;
    try {
      while (written < length) written += this.write(this.descriptor, bytes, written, length - written, this.size + written);
    } catch (error) {
      if (written > 0) this.cutBack();
      throw new SpoolWriteError(error);
    }
    this.size += length;
    this.dirty = true;
  }

  /** Brings what was appended to the disk, in the background; does nothing while there is nothing new or a sync is under way. */
  sync(onError: (error: Error) => void): void {
    if (!this.dirty || this.syncing || this.closing) return;
    this.dirty = false;
    this.syncing = true;
    fdatasync(this.descriptor, (error) => {
      this.syncing = false;
      if (this.closing) closeSync(this.descriptor);
      if (error) {
        this.dirty = true;
        onError(error);
      }
    });
  }

  /** Ends the segment; with `durable` it is on the disk when this returns. */
  close(durable: boolean): void {
    if (this.closing) return;
    this.closing = true;
    if (durable) fdatasyncSync(this.descriptor);
    if (!this.syncing) closeSync(this.descriptor);
  }

  private cutBack(): void {
    try {
      ftruncateSync(this.descriptor, this.size);
    } catch {
      // The rest of a torn frame stays; the next append overwrites it, since every write names its offset.
    }
  }
}
