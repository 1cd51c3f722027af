import type { Message } from 'kafkajs';
import { NotPublishedError } from './failures';
import { backoffMs, pause } from './pauses';

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2_000;

/** A caller's records, of which parts may go in several batches. */
export interface Submission {
  readonly messages: readonly Message[];
  readonly sizes: readonly number[];
  next: number;
  acknowledged: number;
  /** Acknowledged, failed, or given up by its caller: what is left of it is not sent any more. */
  settled: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/** What the queue of one topic is made of, and its bounds. */
export interface LaneOptions {
  topic: string;
  lingerMs: number;
  maxBatchBytes: number;
  maxBatchRecords: number;
  /** Publishes one batch; rejects if that attempt failed. */
  publish(topic: string, messages: Message[]): Promise<void>;
  /** Whether the error will be the same whenever the batch is sent. */
  isHopeless(error: unknown): boolean;
  /** Bytes left the buffer. */
  released(bytes: number): void;
}

interface Part {
  submission: Submission;
  messages: readonly Message[];
  bytes: number;
}

/**
 * The queue of one topic. One batch is under way at a time, so records of a key arrive in the order of sending, and what comes meanwhile
 * makes the next batch larger. A batch that fails is sent again for ever, except those submissions that were settled meanwhile.
 */
export class ProducerLane {
  readonly #options: LaneOptions;
  readonly #queue: Submission[] = [];
  readonly #closed = new AbortController();
  #flush: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waitingBytes = 0;
  #waitingRecords = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  add(submission: Submission): void {
    this.#queue.push(submission);
    this.#waitingRecords += submission.messages.length;
    for (const size of submission.sizes) this.#waitingBytes += size;
    if (this.#flush !== undefined) return;
    const full = this.#waitingBytes >= this.#options.maxBatchBytes || this.#waitingRecords >= this.#options.maxBatchRecords;
    if (full || this.#options.lingerMs === 0) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), this.#options.lingerMs);
  }

  /** Sends what waits without lingering; resolves when nothing is left. */
  async drain(): Promise<void> {
    if (this.#queue.length > 0) this.#start();
    await this.#flush;
  }

  /** Gives up: whatever is not acknowledged is rejected. */
  abandon(): void {
    this.#closed.abort();
    for (const submission of this.#queue.splice(0))
      this.#fail(submission, new NotPublishedError('The producer was closed before Kafka took the records'));
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flush ??= this.#sendAll().finally(() => {
      this.#flush = undefined;
      if (this.#queue.length > 0) this.#start();
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) await this.#sendBatch(this.#nextBatch());
  }

  #nextBatch(): Part[] {
    const { maxBatchBytes, maxBatchRecords } = this.#options;
    const parts: Part[] = [];
    let bytes = 0;
    let records = 0;
    while (this.#queue.length > 0) {
      const submission = this.#queue[0]!;
      const from = submission.next;
      let partBytes = 0;
      while (submission.next < submission.messages.length) {
        const size = submission.sizes[submission.next]!;
        if (records > 0 && (bytes + size > maxBatchBytes || records >= maxBatchRecords)) break;
        bytes += size;
        partBytes += size;
        records += 1;
        submission.next += 1;
      }
      if (submission.next > from) {
        const whole = from === 0 && submission.next === submission.messages.length;
        parts.push({
          submission,
          messages: whole ? submission.messages : submission.messages.slice(from, submission.next),
          bytes: partBytes,
        });
      }
      if (submission.next < submission.messages.length) break;
      this.#queue.shift();
    }
    this.#waitingBytes -= bytes;
    this.#waitingRecords -= records;
    return parts;
  }

  async #sendBatch(batch: Part[]): Promise<void> {
    let parts = batch;
    for (let attempt = 0; ; attempt += 1) {
      parts = this.#dropSettled(parts);
      if (parts.length === 0) return;
      try {
        await this.#options.publish(
          this.#options.topic,
          parts.flatMap(({ messages }) => messages),
        );
        return this.#acknowledge(parts);
      } catch (error) {
        const hopeless = this.#options.isHopeless(error);
        if (hopeless || this.#closed.signal.aborted) {
          const reason = hopeless
            ? error
            : new NotPublishedError('The producer was closed before Kafka took the records', { cause: error });
          for (const { submission } of parts) this.#fail(submission, reason);
        } else {
          await pause(backoffMs(attempt, FIRST_PAUSE_MS, MAX_PAUSE_MS), this.#closed.signal);
        }
      }
    }
  }

  /** A failed submission's other parts are not sent again; its bytes leave the buffer here or when its queue entry is taken. */
  #dropSettled(parts: Part[]): Part[] {
    return parts.filter(({ submission, bytes }) => {
      if (submission.settled) this.#options.released(bytes);
      return !submission.settled;
    });
  }

  #acknowledge(parts: readonly Part[]): void {
    for (const { submission, messages, bytes } of parts) {
      this.#options.released(bytes);
      submission.acknowledged += messages.length;
      if (submission.acknowledged === submission.messages.length && !submission.settled) {
        submission.settled = true;
        submission.resolve();
      }
    }
  }

  #fail(submission: Submission, error: unknown): void {
    if (submission.settled) return;
    submission.settled = true;
    submission.reject(error);
  }
}
