import { setTimeout as sleep } from 'node:timers/promises';
import { BatchReader, type EncodedRecord, type RecordBatch, SPOOL_TOPIC, type WriteEnd } from './batch-reader';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint';
import type { SegmentName, SpoolPosition } from './segment-files';

/** What the shipper needs of the Kafka producer: resolves once the broker has acknowledged all of the records. */
export interface RecordSink {
  sendEncoded(topic: string, records: EncodedRecord[]): Promise<void>;
}

export interface ShipperOptions {
  readonly directory: string;
  readonly producer: string;
  readonly sink: RecordSink;
  readonly writeEnd: WriteEnd;
  readonly oldestOpen: () => SegmentName | null;
  /** How long records are left to gather before they are read; 0 for a slot that nobody writes to. */
  readonly lingerMs: number;
  readonly onError: (error: Error) => void;
  readonly onShipped?: (records: number) => void;
}

const BEGINNING: SpoolPosition = { epoch: 0, number: 0, offset: 0 };
const CHECKPOINT_EVERY_MS = 250;
const RETRY_FIRST_MS = 200;
const RETRY_LONGEST_MS = 5_000;

/** Brings a slot's records to Kafka in the order in which they were written, at least once, for as long as it takes. */
export class Shipper {
  /** Everything before is acknowledged. */
  acked: SpoolPosition;
  private readonly reader: BatchReader;
  private readonly stopping = new AbortController();
  private wake: (() => void) | null = null;
  private nudged = false;
  private running: Promise<void> | null = null;
  private stopped: Promise<void> | null = null;
  private saved: string;
  private savedAt = 0;
  private readonly whenDrained: ((drained: boolean) => void)[] = [];

  constructor(private readonly options: ShipperOptions) {
    const checkpoint = readCheckpoint(options.directory);
    this.acked = checkpoint?.acked ?? BEGINNING;
    this.saved = JSON.stringify(checkpoint);
    this.reader = new BatchReader(options.directory, options.producer, options.writeEnd);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** There is something new. */
  nudge(): void {
    if (this.nudged) return;
    this.nudged = true;
    this.wake?.();
  }

  /** Resolves with true once everything that is written has been acknowledged; with false when the shipper is stopped before. */
  async drained(): Promise<boolean> {
    if (this.stopping.signal.aborted) return false;
    return new Promise<boolean>((resolve) => {
      this.whenDrained.push(resolve);
      this.nudge();
    });
  }

  /** Stops where it is; what is not acknowledged will be sent again. */
  async stop(): Promise<void> {
    this.stopped ??= this.stopNow();
    return this.stopped;
  }

  private async stopNow(): Promise<void> {
    this.stopping.abort();
    this.wake?.();
    for (const resolve of this.whenDrained.splice(0)) resolve(false);
    await this.running;
    await this.saveCheckpoint(0);
    await this.reader.close();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.nudged = false;
      try {
        await this.shipAll();
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.options.onError(error as Error);
        await this.pause(RETRY_LONGEST_MS);
        continue;
      }
      await this.saveCheckpoint(0);
      if (!this.nudged) for (const resolve of this.whenDrained.splice(0)) resolve(true);
      await this.untilNudged();
      await this.pause(this.options.lingerMs);
    }
  }

  private async shipAll(): Promise<void> {
    for (;;) {
      const batch: RecordBatch | null = await this.reader.read(this.acked);
      if (!batch || this.stopping.signal.aborted) return;
      if (batch.records.length > 0) await this.send(batch.records);
      if (this.stopping.signal.aborted) return;
      this.acked = batch.end;
      await this.saveCheckpoint(CHECKPOINT_EVERY_MS);
    }
  }

  private async send(records: EncodedRecord[]): Promise<void> {
    for (let delayMs = RETRY_FIRST_MS; !this.stopping.signal.aborted; delayMs = Math.min(delayMs * 2, RETRY_LONGEST_MS)) {
      try {
        await this.options.sink.sendEncoded(SPOOL_TOPIC, records);
        this.options.onShipped?.(records.length);
        return;
      } catch (error) {
        this.options.onError(error as Error);
        await this.pause(delayMs);
      }
    }
  }

  private async saveCheckpoint(atMostEveryMs: number): Promise<void> {
    const now = performance.now();
    if (atMostEveryMs > 0 && now - this.savedAt < atMostEveryMs) return;
    const checkpoint: Checkpoint = { acked: this.acked, oldestOpen: this.options.oldestOpen() };
    const text = JSON.stringify(checkpoint);
    if (text === this.saved) return;
    this.savedAt = now;
    await writeCheckpoint(this.options.directory, checkpoint);
    this.saved = text;
  }

  private async untilNudged(): Promise<void> {
    if (this.nudged || this.stopping.signal.aborted) return;
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = null;
  }

  private async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
