/** A Metadata request, version 2, that asks about no topic (the Kafka protocol guide, "Metadata API"): length, API key 3, version, correlation id, no client id,
 * an empty array of topics. */
export const METADATA_REQUEST = Buffer.from([0, 0, 0, 14, 0, 3, 0, 2, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0]);

/** What a broker says about its cluster: the cluster's id and how many brokers serve clients. Null when the answer is incomplete or none. */
export function readKafkaMetadata(answer: Buffer): { clusterId: string; brokers: number } | null {
  try {
    // Length and correlation id come first.
    let at = 8;
    const int32 = (): number => answer.readInt32BE((at += 4) - 4);
    const text = (): string => {
      const length = answer.readInt16BE(at);
      at += 2 + Math.max(length, 0);
      return answer.toString('utf8', at - Math.max(length, 0), at);
    };
    const brokers = int32();
    for (let left = brokers; left > 0; left -= 1) {
      int32(); // id
      text(); // host
      int32(); // port
      text(); // rack, may be absent
    }
    const clusterId = text();
    return at <= answer.length ? { clusterId, brokers } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
