import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** What arrived, after its signature was verified with the stock library. */
export interface Delivery {
  id: string;
  type: string;
  data: Record<string, unknown>;
  receivedAt: number;
}

/** A webhook endpoint on this machine. `verified` holds what was signed right, `refused` what was not. */
export class WebhookReceiver {
  readonly verified: Delivery[] = [];
  readonly refused: string[] = [];
  secret = '';

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const receiver = new WebhookReceiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString('utf8')));
      request.on('end', () => {
        try {
          const verified = new Webhook(receiver.secret).verify(body, request.headers as Record<string, string>) as {
            type: string;
            data: Record<string, unknown>;
          };
          receiver.verified.push({
            id: String(request.headers['webhook-id']),
            type: verified.type,
            data: verified.data,
            receivedAt: Date.now(),
          });
          response.writeHead(204).end();
        } catch (error) {
          receiver.refused.push(String(error));
          response.writeHead(400).end();
        }
      });
    });
    return receiver;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
