import { randomUUID } from 'node:crypto';
import type { Topic } from '@tollgate/contracts';
import {
  type BatchControl,
  CutReader,
  type FetchedBatch,
  finishedWithin,
  GroupConsumer,
  type KafkaConnection,
  pause,
} from '@tollgate/platform/kafka';
import { CatchUp } from './catch-up';
import { type DirectoryView, TopicView } from './directory-view';
import { readSnapshot, type SnapshotEntry, writeSnapshot } from './snapshot-file';

const SNAPSHOT_EVERY_MS = 5_000;
const FETCH_WAIT_MS = 100;
const AIM_PAUSE_MS = 500;
const CLOSE_MS = 500;

/** What a reader of compacted topics is made of. */
export interface DirectoryReaderOptions {
  connection: KafkaConnection;
  // Views of several message types live in one list.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  topics: readonly Topic<any>[];
  /** Kept up to date every few seconds; read at the start, so that a process can serve while Kafka is away. */
  snapshotFile?: string;
  /** How long `start` waits for Kafka, ms; default 30,000, with a snapshot 3,000. */
  startMs?: number;
}

/**
 * Views of compacted topics. Reads them from the beginning with a throw-away group and no commits, serves once it has reached where they
 * ended when it began, and follows them from then on. Whenever the connection is lost it begins anew, serving what it had.
 */
export class DirectoryReader {
  readonly #options: DirectoryReaderOptions;
  readonly #views = new Map<string, TopicView<unknown>>();
  readonly #cuts: CutReader;
  readonly #consumer: GroupConsumer;
  readonly #closing = new AbortController();
  readonly #caughtUp: Promise<void>;
  #resolveCaughtUp: () => void = () => undefined;
  #pass: CatchUp | undefined;
  #fromSnapshot = false;
  #complete = false;
  #changed = false;
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DirectoryReaderOptions) {
    this.#options = options;
    for (const topic of options.topics) this.#views.set(topic.name, new TopicView<unknown>((bytes) => topic.decode(bytes)));
    this.#cuts = new CutReader(options.connection);
    this.#caughtUp = new Promise((resolve) => (this.#resolveCaughtUp = resolve));
    this.#consumer = new GroupConsumer({
      connection: options.connection,
      group: `directory.${options.connection.clientId}.${randomUUID()}`,
      topics: options.topics,
      commits: false,
      onAssigned: () => void this.#beginPass(),
      freshAfterRejoin: true,
      fetchMaxWaitMs: FETCH_WAIT_MS,
      onFetched: (durationMs) => this.#polled(durationMs),
      onBatch: (batch, control) => this.#read(batch, control),
    });
  }

  /** Whether the views are complete: caught up once, or loaded from a snapshot. */
  get ready(): boolean {
    return this.#complete || this.#fromSnapshot;
  }

  /** The views come from a snapshot and the topics have not been read yet: they may be out of date. */
  get fromSnapshot(): boolean {
    return this.#fromSnapshot && !this.#complete;
  }

  /** Whether changes arrive: caught up and connected. While false, what the views say may be out of date. */
  get live(): boolean {
    return this.#complete && this.#pass === undefined && this.#consumer.running;
  }

  /**
   * Resolves once caught up, or with a snapshot loaded after three seconds without Kafka. With neither it resolves after `startMs`, says
   * so in the log, and goes on in the background: look at `ready`, or await `whenReady`.
   */
  async start(): Promise<void> {
    await this.#loadSnapshot();
    this.#consumer.start();
    if (this.#options.snapshotFile !== undefined) this.#timer = setInterval(() => void this.#saveSnapshot(), SNAPSHOT_EVERY_MS).unref();
    const waitMs = this.#options.startMs ?? (this.#fromSnapshot ? 3_000 : 30_000);
    if (await finishedWithin(this.#caughtUp, waitMs)) return;
    const state = this.#fromSnapshot ? 'serving from the snapshot' : 'not ready';
    this.#options.connection.logger.warn(
      { topics: [...this.#views.keys()] },
      `The directories were not read within ${waitMs} ms; ${state}, reading goes on`,
    );
  }

  /** Resolves once the views are complete, however long that takes. */
  async whenReady(): Promise<void> {
    if (!this.ready) await this.#caughtUp;
  }

  /** The view of a topic that was given to the constructor; throws for any other. */
  view<T>(topic: Topic<T>): DirectoryView<T> {
    const view = this.#views.get(topic.name);
    if (view === undefined) throw new Error(`${topic.name} is not among the topics of this directory reader`);
    return view as TopicView<T>;
  }

  /** Stops following, and writes the snapshot a last time. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    await Promise.all([this.#consumer.close(CLOSE_MS), this.#saveSnapshot()]);
  }

  async #beginPass(): Promise<void> {
    const pass = (this.#pass = new CatchUp([...this.#views.keys()]));
    while (this.#pass === pass && !this.#closing.signal.aborted) {
      try {
        await pass.aim(this.#cuts);
        return this.#endPassIfComplete();
      } catch (error) {
        this.#options.connection.logger.warn({ err: error }, 'Where the directories end is not known yet; asking again');
        await pause(AIM_PAUSE_MS, this.#closing.signal);
      }
    }
  }

  #polled(durationMs: number): void {
    this.#pass?.polled(durationMs >= FETCH_WAIT_MS * 0.8 && durationMs <= FETCH_WAIT_MS * 5);
    this.#endPassIfComplete();
  }

  async #read(batch: FetchedBatch, control: BatchControl): Promise<void> {
    const pass = this.#pass;
    for (const { key, value } of batch.records) {
      // Copied: the fetched bytes are a window of the whole poll, which would stay in memory with them.
      const bytes = value === null ? null : Buffer.from(value);
      const name = key?.toString() ?? '';
      if (pass !== undefined) pass.add(batch.topic, name, bytes);
      else this.#apply(batch.topic, name, bytes);
    }
    const last = batch.records.at(-1)!;
    await control.done(last);
    pass?.reached(batch.topic, batch.partition, BigInt(last.offset) + 1n);
    this.#endPassIfComplete();
  }

  #endPassIfComplete(): void {
    const pass = this.#pass;
    if (pass?.complete !== true) return;
    this.#pass = undefined;
    for (const [topic, staged] of pass.staged) {
      for (const key of [...this.#views.get(topic)!.keys()]) if (!staged.has(key)) this.#apply(topic, key, null);
      for (const [key, bytes] of staged) this.#apply(topic, key, bytes);
    }
    this.#complete = true;
    this.#changed ||= this.#options.snapshotFile !== undefined;
    this.#resolveCaughtUp();
  }

  #apply(topic: string, key: string, bytes: Buffer | null): void {
    try {
      if (this.#views.get(topic)!.apply(key, bytes)) this.#changed = true;
    } catch (error) {
      this.#options.connection.logger.error({ err: error, topic, key }, 'A directory entry cannot be read; the one before it stands');
    }
  }

  async #loadSnapshot(): Promise<void> {
    const { snapshotFile, connection } = this.#options;
    if (snapshotFile === undefined) return;
    try {
      const entries = await readSnapshot(snapshotFile);
      if (entries === undefined) return;
      const read = entries.filter(({ topic }) => this.#views.has(topic));
      for (const { topic, key, bytes } of read) this.#apply(topic, key, bytes);
      this.#fromSnapshot = true;
      connection.logger.info({ snapshotFile, entries: read.length }, 'The directories were loaded from the snapshot');
    } catch (error) {
      connection.logger.error({ err: error, snapshotFile }, 'The snapshot cannot be read; the directories are read from Kafka');
    }
  }

  #saveSnapshot(): Promise<void> {
    const { snapshotFile, connection } = this.#options;
    if (snapshotFile === undefined || !this.#complete || !this.#changed) return this.#writing;
    this.#changed = false;
    this.#writing = this.#writing
      .then(() => writeSnapshot(snapshotFile, this.#entries()))
      .catch((error: unknown) => {
        this.#changed = true;
        connection.logger.error({ err: error, snapshotFile }, 'The snapshot of the directories cannot be written; trying again');
      });
    return this.#writing;
  }

  *#entries(): Iterable<SnapshotEntry> {
    for (const [topic, view] of this.#views) for (const [key, bytes] of view.bytesByKey()) yield { topic, key, bytes };
  }
}
