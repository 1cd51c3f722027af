import { type UsageRecorded, UsageRecord } from '@tollgate/contracts';
import type { Clock } from '@tollgate/platform/config';
import { FrameBuffer, FrameType } from './frame';
import { type SegmentName, SegmentWriter, type SpoolPosition, SpoolWriteError, type WriteSync } from './segment-files';
import { type GrantBalance, writeGrantChange, writeSegmentHead } from './segment-head';
import { type AcceptedCall, type CallEnd, encodeRecordPrefix, writeCallEnd, writeIntent, writeProgress, writeUsage } from './usage-codec';

export interface SpoolOptions {
  readonly directory: string;
  readonly producer: string;
  readonly epoch: number;
  readonly clock: Clock;
  /** A segment that has grown past this is ended. */
  readonly segmentBytes: number;
  /** The balances of the grants in hand, for the head of each segment. */
  readonly grants: () => readonly GrantBalance[];
  /** Called after each write that gave the shipper something to do. */
  readonly onUsage: () => void;
  /** Called when the record of a call can't be written: makes room, if it can, for the one more try that follows. */
  readonly onWriteFailure: (error: SpoolWriteError) => void;
  /** How bytes reach a file; tests let it fail. */
  readonly write?: WriteSync;
}

/**
 * The journal of one epoch of one producer. Calls are numbered as they are accepted; every number gets exactly one usage record, here or by replay.
 * All methods are synchronous: what they wrote is in the kernel's hands when they return, so that it outlives the process.
 */
export class Spool {
  /** The newest number given out. */
  lastSequence = 0;
  private segment: SegmentWriter;
  private readonly frames = new FrameBuffer();
  private readonly prefix: Buffer;
  /** In which segment each call that has not ended yet was accepted. */
  private readonly open = new Map<number, number>();
  private lastTimeMs = 0;
  private lastTime = '';
  private closed = false;
  private flushScheduled = false;
  private readonly flushProgress = () => {
    this.flushScheduled = false;
    if (this.frames.length === 0 || this.closed) return;
    try {
      this.flush();
    } catch {
      // Only marks of progress: an estimate will know less.
    }
  };

  constructor(private readonly options: SpoolOptions) {
    this.prefix = encodeRecordPrefix(options.producer, options.epoch);
    this.segment = this.openSegment(1);
  }

  /** Nothing is written any more. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Calls that were accepted and have not ended. */
  get openCalls(): number {
    return this.open.size;
  }

  /** Behind the newest frame. */
  get position(): SpoolPosition {
    return { ...this.segment.name, offset: this.segment.size };
  }

  /** The oldest segment that holds the intent of a call under way, or the newest one: replay has to begin here. */
  get oldestOpenSegment(): SegmentName {
    const [first] = this.open.values();
    return { epoch: this.options.epoch, number: first ?? this.segment.name.number };
  }

  /** Numbers the call and writes its intent. @throws SpoolWriteError: the call has no number and must not be dispatched. */
  accept(call: AcceptedCall): void {
    call.acceptedAt = this.stamp();
    call.sequence = this.lastSequence + 1;
    writeIntent(this.frames, call);
    this.flush();
    this.lastSequence = call.sequence;
    this.open.set(call.sequence, this.segment.name.number);
  }

  /** The request's bytes are about to leave. @throws SpoolWriteError: don't let them. */
  sent(call: AcceptedCall): void {
    writeProgress(this.frames, FrameType.sent, call.sequence);
    this.flush();
  }

  /** The provider began to answer. Written with whatever is written next, at the latest when this turn of the event loop ends. */
  firstByte(call: AcceptedCall): void {
    writeProgress(this.frames, FrameType.firstByte, call.sequence);
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    setImmediate(this.flushProgress);
  }

  /** The call has ended; its record may be shipped. @throws SpoolWriteError: the call stays open; say it again, or replay will estimate it. */
  finish(call: AcceptedCall, end: CallEnd): void {
    writeCallEnd(this.frames, this.prefix, call, end);
    try {
      this.flush();
    } catch (error) {
      this.options.onWriteFailure(error as SpoolWriteError);
      writeCallEnd(this.frames, this.prefix, call, end);
      this.flush();
    }
    this.open.delete(call.sequence);
    this.rollWhenFull();
    this.options.onUsage();
  }

  /** Numbers and writes whole events with one write: all of them, or on SpoolWriteError none. `receivedAt` is filled in here. */
  report(events: readonly UsageRecorded[]): void {
    const receivedAt = this.stamp();
    let sequence = this.lastSequence;
    for (const event of events) {
      event.receivedAt = receivedAt;
      event.occurredAt ||= receivedAt;
      writeUsage(this.frames, this.prefix, (sequence += 1), event);
    }
    this.flush();
    this.lastSequence = sequence;
    this.rollWhenFull();
    this.options.onUsage();
  }

  /** Notes that a grant has grown, or with a negative amount shrunk, so that replay can give back what is left of it. */
  changeGrant(change: GrantBalance): void {
    writeGrantChange(this.frames, change);
    this.flush();
  }

  /** Says that everything accepted so far has a number up to the newest. */
  mark(): void {
    const marked = { markedAt: this.timeBefore(), sequence: BigInt(this.lastSequence) };
    this.frames.append(FrameType.mark, this.encode({ $case: 'marked', value: marked }));
    this.flush();
    this.options.onUsage();
  }

  /** Ends the epoch. Every call must have ended. Nothing can be written afterwards. */
  close(retired: boolean): void {
    if (this.closed) return;
    if (this.open.size > 0) throw new Error(`${this.open.size} calls have not ended`);
    this.mark();
    const closed = { closedAt: this.stamp(), sequence: BigInt(this.lastSequence), retired };
    this.frames.append(FrameType.close, this.encode({ $case: 'closed', value: closed }));
    this.flush();
    this.abandon();
    this.options.onUsage();
  }

  /** Stops writing without ending the epoch, as a crash would: replay will find what is open. */
  abandon(): void {
    if (this.closed) return;
    this.closed = true;
    this.segment.close(true);
  }

  /** Brings what was written to the disk, in the background. */
  sync(onError: (error: Error) => void): void {
    this.segment.sync(onError);
  }

  private flush(): void {
    const { buffer, length } = this.frames;
    this.frames.clear();
    if (this.closed) throw new SpoolWriteError(new Error('it is closed'));
    this.segment.append(buffer, length);
  }

  private rollWhenFull(): void {
    if (this.segment.size < this.options.segmentBytes) return;
    const full = this.segment;
    try {
      this.segment = this.openSegment(full.name.number + 1);
    } catch (error) {
      if (error instanceof SpoolWriteError || (error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
    full.sync(() => undefined);
    full.close(false);
  }

  private openSegment(number: number): SegmentWriter {
    const { directory, epoch, grants, write } = this.options;
    const head = new FrameBuffer(4096);
    writeSegmentHead(head, { lastSequence: this.lastSequence, grants: grants() });
    return new SegmentWriter(directory, { epoch, number }, head.buffer.subarray(0, head.length), write);
  }

  private encode(body: UsageRecord['body']): Uint8Array {
    return UsageRecord.encode({ producer: this.options.producer, epoch: this.options.epoch, sequence: 0n, body }).finish();
  }

  /** Now, but never earlier than what was said before: the marks rely on it. */
  private stamp(): string {
    const now = this.options.clock.now();
    if (now > this.lastTimeMs) {
      this.lastTimeMs = now;
      this.lastTime = new Date(now).toISOString();
    }
    return this.lastTime;
  }

  /** A millisecond before now, since more may be accepted within this one. */
  private timeBefore(): string {
    this.stamp();
    return new Date(this.lastTimeMs - 1).toISOString();
  }
}
