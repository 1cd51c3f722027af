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

/** Told once what was asked for is in the kernel's hands, or with an error that it is not. */
export type Written = (error: SpoolWriteError | null) => void;

interface Waiting {
  readonly call: AcceptedCall;
  readonly hasEnded: boolean;
  readonly written: Written;
}

/**
 * The journal of one epoch of one producer. Calls are numbered as they are accepted; every number gets exactly one usage record, here or by replay. What is
 * written is in the kernel's hands when it is said to be, so that it outlives the process. Accepted and ended calls of one turn of the event loop share one
 * write, which is what makes it cheap under load.
 */
export class Spool {
  /** The newest number given out. */
  lastSequence = 0;
  private segment: SegmentWriter;
  private readonly frames = new FrameBuffer();
  private readonly prefix: Buffer;
  /** In which segment each call that has not ended yet was accepted. */
  private readonly open = new Map<number, number>();
  private waiting: Waiting[] = [];
  private writtenSequence = 0;
  private lastTimeMs = 0;
  private lastTime = '';
  private closed = false;
  private isScheduled = false;
  private readonly onTurnEnd = () => {
    this.isScheduled = false;
    if (!this.closed) this.flush();
  };

  constructor(private readonly options: SpoolOptions) {
    this.prefix = encodeRecordPrefix(options.producer, options.epoch);
    this.segment = this.openSegment(1);
  }

  /** Writes what has gathered now, not at the end of the turn. */
  flushNow(): void {
    this.flush();
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

  /**
   * Numbers the call and writes its intent. The call must not leave before that is written, and must soon leave then, since a call of which nothing more is
   * known counts as sent. With an error it has no number and must not leave.
   */
  accept(call: AcceptedCall, written: Written): void {
    call.acceptedAt = this.stamp();
    call.sequence = this.lastSequence += 1;
    writeIntent(this.frames, call);
    this.open.set(call.sequence, this.segment.name.number);
    this.waiting.push({ call, hasEnded: false, written });
    this.schedule();
  }

  /** The call did not leave at once: it waits for a connection. */
  held(call: AcceptedCall): void {
    writeProgress(this.frames, FrameType.held, call.sequence);
    this.schedule();
  }

  /** The bytes of a call that was held are about to leave. @throws SpoolWriteError: don't let them. */
  sent(call: AcceptedCall): void {
    writeProgress(this.frames, FrameType.sent, call.sequence);
    this.flushOrThrow();
  }

  /** The provider began to answer. Written with whatever is written next. */
  firstByte(call: AcceptedCall): void {
    writeProgress(this.frames, FrameType.firstByte, call.sequence);
    this.schedule();
  }

  /** Writes the record of a call that has ended. With an error the call stays open, and replay will make an estimate of it. */
  finish(call: AcceptedCall, end: CallEnd, written: Written): void {
    writeCallEnd(this.frames, this.prefix, call, end);
    this.waiting.push({ call, hasEnded: true, written });
    this.schedule();
  }

  /** Numbers and writes whole events at once: all of them, or on SpoolWriteError none. `receivedAt` is filled in here. */
  report(events: readonly UsageRecorded[]): void {
    const receivedAt = this.stamp();
    for (const event of events) {
      event.receivedAt = receivedAt;
      event.occurredAt ||= receivedAt;
      writeUsage(this.frames, this.prefix, (this.lastSequence += 1), event);
    }
    this.flushOrThrow();
    this.options.onUsage();
  }

  /** Notes that a grant has grown, or with a negative amount shrunk, so that replay can give back what is left of it. @throws SpoolWriteError */
  changeGrant(change: GrantBalance): void {
    writeGrantChange(this.frames, change);
    this.flushOrThrow();
  }

  /** Says that everything accepted so far has a number up to the newest. */
  mark(): void {
    const marked = { markedAt: this.timeBefore(), sequence: BigInt(this.lastSequence) };
    this.frames.append(FrameType.mark, this.encode({ $case: 'marked', value: marked }));
    this.flushOrThrow();
    this.options.onUsage();
  }

  /** Ends the epoch. Every call must have ended. Nothing can be written afterwards. */
  close(retired: boolean): void {
    if (this.closed) return;
    this.flush();
    if (this.open.size > 0) throw new Error(`${this.open.size} calls have not ended`);
    this.mark();
    const closed = { closedAt: this.stamp(), sequence: BigInt(this.lastSequence), retired };
    this.frames.append(FrameType.close, this.encode({ $case: 'closed', value: closed }));
    this.flushOrThrow();
    this.abandon();
    this.options.onUsage();
  }

  /** Stops writing without ending the epoch, as a crash would: replay will find what is open. */
  abandon(): void {
    if (this.closed) return;
    this.flush();
    this.closed = true;
    this.segment.close(true);
  }

  /** Brings what was written to the disk, in the background. */
  sync(onError: (error: Error) => void): void {
    this.segment.sync(onError);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.onTurnEnd);
  }

  private flushOrThrow(): void {
    const error = this.flush();
    if (error) throw error;
  }

  /** Writes what has gathered, in the order in which it came, and tells those who wait for it. */
  private flush(): SpoolWriteError | null {
    if (this.frames.length === 0) return null;
    const waiting = this.waiting;
    this.waiting = [];
    const error = this.write(waiting.some(({ hasEnded }) => hasEnded));
    this.frames.clear();
    if (error) this.lastSequence = this.writtenSequence;
    else this.writtenSequence = this.lastSequence;
    let ended = false;
    for (const { call, hasEnded } of waiting) {
      // Ended calls are done with once their record is there; accepted ones have no number without their intent.
      if (hasEnded !== (error !== null)) this.open.delete(call.sequence);
      ended ||= hasEnded;
    }
    if (!error) this.rollWhenFull();
    for (const { written } of waiting) written(error);
    if (ended && !error) this.options.onUsage();
    return error;
  }

  /** Records of ended calls are worth one more try, with the room that the disk's reserve makes. */
  private write(hasRecords: boolean): SpoolWriteError | null {
    const { buffer, length } = this.frames;
    try {
      if (this.closed) throw new SpoolWriteError(new Error('it is closed'));
      this.segment.append(buffer, length);
      return null;
    } catch (error) {
      if (!(error instanceof SpoolWriteError)) throw error;
      if (!hasRecords || this.closed) return error;
      this.options.onWriteFailure(error);
    }
    try {
      this.segment.append(buffer, length);
      return null;
    } catch (error) {
      if (error instanceof SpoolWriteError) return error;
      throw error;
    }
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
