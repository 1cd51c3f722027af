import { createServer, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** A delivery whose signature was good. */
export interface ReceivedWebhook {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** Receives alerts as anybody's program would: checks each delivery with the stock library of Standard Webhooks before it believes it. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  readonly refused: string[] = [];
  #secret: string | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const accepted = this.#accept(Buffer.concat(chunks).toString(), request.headers as Record<string, string>);
        response.writeHead(accepted ? 204 : 401).end();
      });
    });
  }

  /** The port that it listens on. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as { port: number }).port;
  }

  /** The secret of the endpoint, as it was shown at registration. */
  trust(secret: string): void {
    this.#secret = secret;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(body: string, headers: Record<string, string>): boolean {
    try {
      if (this.#secret === undefined) throw new Error('it came before the secret was known');
      this.received.push(new Webhook(this.#secret).verify(body, headers) as ReceivedWebhook);
      return true;
    } catch (error) {
      this.refused.push((error as Error).message);
      return false;
    }
  }
}
