import { findFrame, frameEnd, FRAME_HEADER_BYTES, type FrameType } from './frame';
import { SEGMENT_MAGIC } from './segment-files';

/** Sees a whole, undamaged frame: its payload is `bytes` from `start` to `end`. */
export type FrameVisitor = (type: FrameType, bytes: Buffer, start: number, end: number) => void;

export interface SegmentScan {
  /** Behind the last whole frame; what follows is a torn tail. */
  readonly end: number;
  /** Bytes between whole frames that belong to none: the disk lost something there. */
  readonly damagedBytes: number;
}

/** Visits the frames of a whole segment in order, stepping over damaged stretches. A file that is no segment has none. */
export function scanSegment(bytes: Buffer, visit: FrameVisitor): SegmentScan {
  let damagedBytes = 0;
  let end = 0;
  let offset = 0;
  if (bytes.subarray(0, SEGMENT_MAGIC.length).equals(SEGMENT_MAGIC)) offset = end = SEGMENT_MAGIC.length;
  while (offset < bytes.length) {
    const next = frameEnd(bytes, offset, bytes.length);
    if (next > 0) {
      visit(bytes[offset + 8] as FrameType, bytes, offset + FRAME_HEADER_BYTES, next);
      offset = end = next;
      continue;
    }
    const found = findFrame(bytes, offset + 1, bytes.length);
    if (found < 0) break;
    damagedBytes += found - offset;
    offset = found;
  }
  return { end, damagedBytes };
}
