import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { finishedWithin, pause } from './pauses';

const COMMIT_ATTEMPTS = 5;
const COMMIT_PAUSE_MS = 200;
const OTHERS_FINISH_MS = 3_000;
const CLOSING_PAUSE_MS = 20;

/** A record as it was fetched: bytes, not decoded. */
export type FetchedRecord = KafkaMessage;

/** What one poll brought of one partition. */
export interface FetchedBatch {
  readonly topic: string;
  readonly partition: number;
  /** The offset after the newest record of the partition. */
  readonly highWatermark: bigint;
  readonly records: readonly FetchedRecord[];
}

/** What a batch's handler tells the group. */
export interface BatchControl {
  /** Fires once the partition moved to another member or the consumer is closing: take no further slice, end a pause early. */
  readonly signal: AbortSignal;
  /** Everything up to and including this record is done; commits it where the consumer commits. */
  done(record: FetchedRecord): Promise<void>;
}

/** Handles what one poll brought. Resolves when it has said `done` of all that it did; a rejection ends the session. */
export type BatchHandler = (batch: FetchedBatch, control: BatchControl) => Promise<void>;

/** The partitions that are ours until the group rebalances. */
class Assignment {
  /** They may be another member's: nothing is committed any more. */
  readonly lost = new AbortController();
  /** No further slice is begun. Follows `lost`. */
  readonly stopped = new AbortController();

  constructor(readonly partitions: Readonly<Record<string, readonly number[]>>) {}

  holds(topic: string, partition: number): boolean {
    return this.partitions[topic]?.includes(partition) === true;
  }

  lose(): void {
    this.lost.abort();
    this.stopped.abort();
  }
}

/**
 * One stay of a consumer in its group, from joining to a crash or the end. It sends heartbeats while handlers work, and gives up all
 * batches under way once the group rebalances: the client itself would go on with batches of partitions that have moved, and their
 * commits would take back the new owner's.
 */
export class ConsumerSession {
  readonly #commits: boolean;
  readonly #heartbeatMs: number;
  readonly #underWay = new Set<Promise<void>>();
  #assignment = new Assignment({});
  #ending = false;
  #joined = false;

  constructor(options: { commits: boolean; heartbeatMs: number }) {
    this.#commits = options.commits;
    this.#heartbeatMs = options.heartbeatMs;
  }

  /** Whether the group has given it its partitions, perhaps none. */
  get joined(): boolean {
    return this.#joined;
  }

  assign(partitions: Readonly<Record<string, readonly number[]>>): void {
    this.#assignment.lose();
    this.#assignment = new Assignment(partitions);
    this.#joined = true;
    if (this.#ending) this.#assignment.stopped.abort();
  }

  /** A new round of fetching: what was given up of the same assignment is fetched again. */
  fetching(): void {
    if (this.#assignment.lost.signal.aborted && !this.#ending) this.#assignment = new Assignment(this.#assignment.partitions);
  }

  /** No further batch or slice is begun. */
  stopTaking(): void {
    this.#ending = true;
    this.#assignment.stopped.abort();
  }

  /** Waits for the handlers under way, at most so long, and lets none of them commit afterwards. */
  async end(drainMs: number): Promise<void> {
    this.stopTaking();
    await finishedWithin(Promise.allSettled([...this.#underWay]), drainMs);
    this.#assignment.lose();
    this.#joined = false;
  }

  async handle(payload: EachBatchPayload, onBatch: BatchHandler): Promise<void> {
    const assignment = this.#assignment;
    if (this.#ending) return pause(CLOSING_PAUSE_MS);
    if (assignment.lost.signal.aborted || !assignment.holds(payload.batch.topic, payload.batch.partition)) return;
    const membership = this.#keepMembership(payload, assignment);
    const work = onBatch(fetchedBatch(payload), this.#control(payload, assignment));
    this.#underWay.add(work);
    try {
      await work;
      // The client's own heartbeat follows at once and is skipped then, so a rebalance is always seen here and not behind our back.
      if (membership.failure === undefined) await payload.heartbeat();
    } catch (error) {
      membership.failure ??= error;
    } finally {
      membership.stop();
      this.#underWay.delete(work);
    }
    if (membership.failure === undefined) return;
    assignment.lose();
    await finishedWithin(Promise.allSettled([...this.#underWay]), OTHERS_FINISH_MS);
    throw membership.failure;
  }

  #control(payload: EachBatchPayload, assignment: Assignment): BatchControl {
    const { batch } = payload;
    return {
      signal: assignment.stopped.signal,
      done: async (record) => {
        if (assignment.lost.signal.aborted) return;
        payload.resolveOffset(record.offset);
        if (!this.#commits) return;
        const last = record === batch.messages.at(-1) ? batch.lastOffset() : record.offset;
        await commit(payload, String(BigInt(last) + 1n), assignment.lost.signal);
      },
    };
  }

  #keepMembership(payload: EachBatchPayload, assignment: Assignment): { failure: unknown; stop(): void } {
    let beating = false;
    const beat = async (): Promise<void> => {
      if (beating || membership.failure !== undefined) return;
      beating = true;
      try {
        await payload.heartbeat();
      } catch (error) {
        membership.failure = error;
        assignment.lose();
      }
      beating = false;
    };
    const timer = setInterval(() => void beat(), this.#heartbeatMs / 2);
    const membership = { failure: undefined as unknown, stop: () => clearInterval(timer) };
    return membership;
  }
}

function fetchedBatch({ batch }: EachBatchPayload): FetchedBatch {
  return { topic: batch.topic, partition: batch.partition, highWatermark: BigInt(batch.highWatermark), records: batch.messages };
}

/** Commits the next offset to read. A failure is repeated a few times; if it stays, the records are handled once more by whoever reads them next. */
async function commit(payload: EachBatchPayload, offset: string, lost: AbortSignal): Promise<void> {
  const { topic, partition } = payload.batch;
  for (let attempt = 1; !lost.aborted; attempt += 1) {
    try {
      return await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
    } catch (error) {
      if (attempt >= COMMIT_ATTEMPTS || (error as { retriable?: boolean }).retriable === false) throw error;
      await pause(COMMIT_PAUSE_MS * attempt, lost);
    }
  }
}
