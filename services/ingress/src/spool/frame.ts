import { crc32 } from 'node:zlib';

/**
 * What a spool segment is made of: `[length u32][crc32 u32][type u8][payload]`, little-endian, where `length` counts the payload and the checksum covers
 * type and payload. A frame that a crash tore fails its checksum, or its length points past the end of the file.
 */
export const FRAME_HEADER_BYTES = 9;

/** Upper bound of a payload; a longer length is taken for garbage. The largest real one is a usage record with all its tags, some kilobytes. */
export const MAX_PAYLOAD_BYTES = 1 << 20;

/** The kinds of frame. The numbers are on disk: never renumber. */
export const FrameType = {
  /** First frame of a segment: the numbers and grants in force where it begins. */
  head: 1,
  /** A call was accepted and numbered, and leaves for the provider at once unless `held` follows. */
  intent: 2,
  /** The request of a call that was held is about to leave. */
  sent: 3,
  /** The provider began to answer the call. */
  firstByte: 4,
  /** The final usage record of one number, as it goes to Kafka. */
  usage: 5,
  /** Everything accepted until a time has a number up to this one. */
  mark: 6,
  /** The epoch is over. */
  close: 7,
  /** What this process may spend of a hard limit has grown or shrunk. */
  grant: 8,
  /** The call waits for a connection to the provider: it has not left. */
  held: 9,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

const LAST_TYPE = FrameType.held;

/** Collects frames in one reused buffer, so that several leave with one write. Encoders write their payload straight into it. */
export class FrameBuffer {
  buffer: Buffer;
  length = 0;
  private frameStart = 0;

  constructor(initialBytes = 256 * 1024) {
    this.buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  /** Begins a frame whose payload will take at most `payloadBytes`; returns the offset at which the payload begins. */
  open(type: FrameType, payloadBytes: number): number {
    const needed = this.length + FRAME_HEADER_BYTES + payloadBytes;
    if (needed > this.buffer.length) this.grow(needed);
    this.frameStart = this.length;
    this.buffer[this.frameStart + 8] = type;
    return this.frameStart + FRAME_HEADER_BYTES;
  }

  /** Ends the frame begun last; `payloadEnd` is the offset behind its payload. */
  close(payloadEnd: number): void {
    const start = this.frameStart;
    this.buffer.writeUInt32LE(payloadEnd - start - FRAME_HEADER_BYTES, start);
    this.buffer.writeUInt32LE(crc32(this.buffer.subarray(start + 8, payloadEnd)), start + 4);
    this.length = payloadEnd;
  }

  append(type: FrameType, payload: Uint8Array): void {
    const at = this.open(type, payload.length);
    this.buffer.set(payload, at);
    this.close(at + payload.length);
  }

  clear(): void {
    this.length = 0;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

/** Is there a whole, undamaged frame at `offset`? Returns the offset behind it, 0 if more bytes are needed to tell, -1 if what is there is no frame. */
export function frameEnd(bytes: Buffer, offset: number, end: number): number {
  if (offset + FRAME_HEADER_BYTES > end) return 0;
  const payloadBytes = bytes.readUInt32LE(offset);
  const type = bytes[offset + 8]!;
  if (payloadBytes > MAX_PAYLOAD_BYTES || type < 1 || type > LAST_TYPE) return -1;
  const next = offset + FRAME_HEADER_BYTES + payloadBytes;
  if (next > end) return 0;
  return crc32(bytes.subarray(offset + 8, next)) === bytes.readUInt32LE(offset + 4) ? next : -1;
}

/** The first offset from `from` on at which a whole frame begins, or -1: how reading goes on behind a damaged stretch. */
export function findFrame(bytes: Buffer, from: number, end: number): number {
  for (let offset = from; offset + FRAME_HEADER_BYTES <= end; offset += 1) {
    if (frameEnd(bytes, offset, end) > 0) return offset;
  }
  return -1;
}
