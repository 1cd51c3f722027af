import { connect } from 'node:net';
import { readKafkaMetadata, METADATA_REQUEST } from './kafka-metadata';

/** What to expect of a broker. */
export interface ExpectedBroker {
  readonly port: number;
  /** Default: the loopback address. */
  readonly host?: string;
  /** Whose broker it has to be; without it any will do. */
  readonly clusterId?: string;
}

/** Waits until the broker says that it serves clients, which a mere open port does not say. Rejects after `timeoutMs`, as soon as `gaveUp` settles, and when
 * another cluster's broker answers on the port. */
export async function kafkaAnswers(
  broker: ExpectedBroker,
  timeoutMs: number,
  gaveUp: Promise<void> = new Promise(() => undefined),
): Promise<void> {
  let over = false;
  void gaveUp.then(() => (over = true));
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask(broker.host ?? '127.0.0.1', broker.port);
    if (answer !== null && broker.clusterId !== undefined && answer.clusterId !== broker.clusterId) {
      throw new Error(`another broker (cluster ${answer.clusterId}) answers on port ${broker.port}`);
    }
    if (answer !== null && answer.brokers > 0) return;
    if (over) throw new Error('the broker ended before it answered');
    if (Date.now() > deadline) throw new Error(`the broker does not answer on port ${broker.port} after ${timeoutMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ask(host: string, port: number): Promise<ReturnType<typeof readKafkaMetadata>> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    let received: Buffer = Buffer.alloc(0);
    const settle = (): void => {
      socket.destroy();
      resolve(readKafkaMetadata(received));
    };
    socket.once('connect', () => socket.write(METADATA_REQUEST));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) settle();
    });
    for (const event of ['error', 'close', 'timeout'] as const) socket.once(event, settle);
  });
}
