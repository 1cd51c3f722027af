import type { Consumer, EachBatchPayload } from 'kafkajs';
import { type BatchHandler, ConsumerSession } from './consumer-session';
import { ensureTopics, type TopicLayout } from './ensure-topics';
import { CLIENT_RETRY, type KafkaConnection } from './kafka-connection';
import { backoffMs, finishedWithin, pause } from './pauses';

const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_INTERVAL_MS = 1_500;
const REBALANCE_TIMEOUT_MS = 10_000;
const MAX_BYTES_PER_PARTITION = 1_048_576;
const STALLED_AFTER_MS = 45_000;
const STALL_CHECK_MS = 5_000;
const DRAIN_MS = 5_000;
const DISCONNECT_MS = 1_500;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 2_000;

/** What a member of a consumer group reads and how. */
export interface GroupConsumerOptions {
  connection: KafkaConnection;
  group: string;
  /** Topics that must exist; missing ones are created by their layout, so that no consumer waits for an owner that was never started. */
  topics: readonly TopicLayout[];
  /** Names of the topics to read, from the beginning where nothing is committed; default: all of `topics`. */
  subscribed?: readonly string[];
  /** Whether progress is committed to the group; a throw-away reader's is not. */
  commits: boolean;
  onBatch: BatchHandler;
  /** Called each time partitions were assigned. */
  onAssigned?(assignment: Record<string, number[]>): void;
  /** Called after each poll of the broker with how long it took, ms. */
  onFetched?(durationMs: number): void;
  /** Starts over with a fresh client when the group deals its partitions anew, so that nothing of an earlier reading is left over. */
  freshAfterRejoin?: boolean;
  /** Partitions handled at the same time; default 3. */
  partitionsConsumedConcurrently?: number;
  /** A poll returns when so many bytes wait; default 1: at once. More makes larger batches at the price of delay. */
  fetchMinBytes?: number;
  /** A poll returns after so long, ms; default 100. */
  fetchMaxWaitMs?: number;
}

/**
 * A member of a consumer group that stays one: whatever ends the client's consumer (broker gone, crash, a stall without any sign of
 * life for 45 s), a fresh client takes its place. Sessions end after 6 s without a heartbeat, so a killed process's partitions move on.
 */
export class GroupConsumer {
  readonly #options: GroupConsumerOptions;
  readonly #closing = new AbortController();
  #session: ConsumerSession | undefined;
  #loop: Promise<void> | undefined;
  #drainMs = DRAIN_MS;

  constructor(options: GroupConsumerOptions) {
    this.#options = options;
  }

  /** Whether partitions are assigned, none included, and the broker answers. */
  get running(): boolean {
    return this.#session?.joined === true && !this.#closing.signal.aborted;
  }

  /** Starts in the background and returns at once; the broker may come later. */
  start(): void {
    this.#loop ??= this.#keepConsuming();
  }

  /** Stops polling, lets batches under way finish for at most `drainMs`, and leaves the group. */
  async close(drainMs: number): Promise<void> {
    this.#drainMs = drainMs;
    this.#session?.stopTaking();
    this.#closing.abort();
    if (this.#loop !== undefined) await finishedWithin(this.#loop, drainMs + DISCONNECT_MS);
  }

  async #keepConsuming(): Promise<void> {
    const { connection, group, topics } = this.#options;
    const { signal } = this.#closing;
    await ensureTopics(connection, topics, signal);
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const startedMs = Date.now();
      const reason = await this.#consumeOnce();
      if (signal.aborted) return;
      if (Date.now() - startedMs > STALLED_AFTER_MS) attempt = 0;
      connection.logger.warn({ group, reason }, 'The consumer ended; a fresh one takes over');
      await pause(backoffMs(attempt, FIRST_PAUSE_MS, MAX_PAUSE_MS), signal);
    }
  }

  async #consumeOnce(): Promise<string> {
    const { connection, group, topics, subscribed = topics.map(({ name }) => name), commits } = this.#options;
    const client = connection.openClient();
    const consumer = client.kafka.consumer({
      groupId: group,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      minBytes: this.#options.fetchMinBytes ?? 1,
      maxWaitTimeInMs: this.#options.fetchMaxWaitMs ?? 100,
      allowAutoTopicCreation: false,
      retry: { ...CLIENT_RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
    const session = new ConsumerSession({ commits, heartbeatMs: HEARTBEAT_INTERVAL_MS });
    this.#session = session;
    const ended = this.#watch(consumer, session);
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...subscribed], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: this.#options.partitionsConsumedConcurrently ?? 3,
        eachBatch: (payload: EachBatchPayload) => session.handle(payload, this.#options.onBatch),
      });
      return await ended.reason;
    } catch (error) {
      return String(error);
    } finally {
      ended.stop();
      await session.end(this.#drainMs);
      await finishedWithin(consumer.disconnect(), DISCONNECT_MS);
      client.destroy();
    }
  }

  /** Resolves with the reason when the consumer crashed, stalled, or is to close. */
  #watch(consumer: Consumer, session: ConsumerSession): { reason: Promise<string>; stop(): void } {
    const { onAssigned, onFetched } = this.#options;
    let stop = (): void => undefined;
    const reason = new Promise<string>((resolve) => {
      let lastSignMs = Date.now();
      const sign = (): void => void (lastSignMs = Date.now());
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(String(payload.error)));
      consumer.on(consumer.events.HEARTBEAT, sign);
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        sign();
        if (this.#options.freshAfterRejoin === true && session.joined) return resolve('the group was joined again');
        // The client's types say Record<string, number>; what it delivers is the list of partitions.
        const assignment = payload.memberAssignment as unknown as Record<string, number[]>;
        session.assign(assignment);
        onAssigned?.(assignment);
      });
      consumer.on(consumer.events.FETCH_START, () => session.fetching());
      consumer.on(consumer.events.FETCH, ({ payload }) => {
        sign();
        onFetched?.(payload.duration);
      });
      const check = setInterval(() => {
        if (Date.now() - lastSignMs > STALLED_AFTER_MS) resolve(`no sign of life for ${STALLED_AFTER_MS} ms`);
      }, STALL_CHECK_MS);
      const close = (): void => resolve('closing');
      this.#closing.signal.addEventListener('abort', close, { once: true });
      stop = () => {
        clearInterval(check);
        this.#closing.signal.removeEventListener('abort', close);
      };
    });
    return { reason, stop };
  }
}
