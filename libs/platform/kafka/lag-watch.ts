import { CutReader } from './cut-reader';
import type { KafkaConnection } from './kafka-connection';
import type { ConsumerMetrics } from './kafka-metrics';

const REFRESH_MS = 10_000;

/**
 * Keeps the lag of the assigned partitions. Each batch sets it; every ten seconds the broker is asked, since a consumer that is stuck or
 * waits for its database handles no batch while its lag grows.
 */
export class LagWatch {
  readonly #cuts: CutReader;
  readonly #metrics: ConsumerMetrics;
  readonly #topics: readonly string[];
  readonly #positions = new Map<string, Map<number, bigint>>();
  readonly #timer: NodeJS.Timeout;
  #assignment: Readonly<Record<string, readonly number[]>> = {};

  constructor(connection: KafkaConnection, metrics: ConsumerMetrics, topics: readonly string[]) {
    this.#cuts = new CutReader(connection);
    this.#metrics = metrics;
    this.#topics = topics;
    this.#timer = setInterval(() => void this.#refresh().catch(() => undefined), REFRESH_MS).unref();
  }

  assigned(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#assignment = assignment;
    this.#positions.clear();
    this.#metrics.clearLag();
  }

  progressed(topic: string, partition: number, next: bigint, highWatermark: bigint): void {
    let positions = this.#positions.get(topic);
    if (positions === undefined) this.#positions.set(topic, (positions = new Map()));
    positions.set(partition, next);
    this.#metrics.setLag(topic, partition, Number(highWatermark - next));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #refresh(): Promise<void> {
    for (const topic of this.#topics) {
      const partitions = this.#assignment[topic] ?? [];
      if (partitions.length === 0) continue;
      const committed = await this.#cuts.committed(this.#metrics.group, topic);
      const ends = await this.#cuts.endOffsets(topic);
      for (const partition of partitions) {
        const position = this.#positions.get(topic)?.get(partition) ?? committed.get(partition) ?? 0n;
        const lag = (ends.get(partition) ?? 0n) - position;
        this.#metrics.setLag(topic, partition, Number(lag > 0n ? lag : 0n));
      }
    }
  }
}
