import { connect } from 'node:net';

const API_VERSIONS_REQUEST = 18;

/** Waits until the broker answers an ApiVersions request (the Kafka protocol guide, "ApiVersions"): it answers only once it serves clients, which a mere
 * open port does not say. Rejects after `timeoutMs`, or at once when `gaveUp` settles first. */
export async function kafkaAnswers(port: number, timeoutMs: number, gaveUp: Promise<void>, host = '127.0.0.1'): Promise<void> {
  let over = false;
  void gaveUp.then(() => (over = true));
  const deadline = Date.now() + timeoutMs;
  while (!(await answersOnce(host, port))) {
    if (over) throw new Error('the broker ended before it answered');
    if (Date.now() > deadline) throw new Error(`the broker does not answer on port ${port} after ${timeoutMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function answersOnce(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => {
      // Length, API key, version 0, correlation id, and a client id of length 0.
      const request = Buffer.alloc(14);
      request.writeInt32BE(10, 0);
      request.writeInt16BE(API_VERSIONS_REQUEST, 4);
      request.writeInt32BE(1, 8);
      socket.write(request);
    });
    // Length, correlation id, error code: 0 is "none".
    socket.on('data', (bytes) => settle(bytes.length >= 10 && bytes.readInt16BE(8) === 0));
    for (const event of ['error', 'close', 'timeout'] as const) socket.once(event, () => settle(false));
  });
}
