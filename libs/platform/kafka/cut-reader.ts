import type { KafkaConnection } from './kafka-connection';

/** Partition → offset. */
export type Offsets = ReadonlyMap<number, bigint>;

/** Whether consumer groups have come past a point of a topic. Every method throws while the broker is away; ask again. */
export class CutReader {
  readonly #connection: KafkaConnection;

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
  }

  /** Of each partition the oldest record's offset that is still there, and the offset that the next one appended gets. */
  async bounds(topic: string): Promise<ReadonlyMap<number, { readonly low: bigint; readonly end: bigint }>> {
    const rows = await this.#connection.withAdmin((admin) => admin.fetchTopicOffsets(topic));
    return new Map(rows.map(({ partition, low, high }) => [partition, { low: BigInt(low), end: BigInt(high) }]));
  }

  /** The offset after the newest record of each partition: what a record appended next would get. */
  async endOffsets(topic: string): Promise<Offsets> {
    return new Map([...(await this.bounds(topic))].map(([partition, { end }]) => [partition, end]));
  }

  /** The next offset that the group would read, of the partitions of which it has committed any. */
  async committed(group: string, topic: string): Promise<Offsets> {
    const [rows] = await this.#connection.withAdmin((admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
    const known = (rows?.partitions ?? []).filter(({ offset }) => BigInt(offset) >= 0n);
    return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]));
  }

  /**
   * Whether the group has committed everything before the given offsets. A partition of which it never committed counts as passed only
   * if nothing was left to read there: it is empty, or all before the offset has aged out.
   */
  async passed(group: string, topic: string, offsets: Offsets): Promise<boolean> {
    const committed = await this.committed(group, topic);
    const behind = [...offsets].filter(([partition, offset]) => (committed.get(partition) ?? 0n) < offset);
    if (behind.length === 0) return true;
    const bounds = await this.bounds(topic);
    return behind.every(([partition, offset]) => offset <= (bounds.get(partition)?.low ?? 0n));
  }

  /** Whether the group has committed every record that the broker appended before this time, epoch ms; the time must have come. */
  async hasPassedTime(group: string, topic: string, epochMs: number): Promise<boolean> {
    // Taken before the search by time: where no record is that young, the search answers with the end of that later moment.
    const ends = await this.endOffsets(topic);
    const rows = await this.#connection.withAdmin((admin) => admin.fetchTopicOffsetsByTimestamp(topic, epochMs));
    const firstAtOrAfter = rows.map(({ partition, offset }): [number, bigint] => {
      const end = ends.get(partition) ?? 0n;
      const found = BigInt(offset);
      return [partition, found >= 0n && found < end ? found : end];
    });
    return this.passed(group, topic, new Map(firstAtOrAfter));
  }
}
