import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Longer than load balancers keep an idle connection, so that it is they who close it. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 120_000;
const CHECK_EVERY_MS = 5_000;
const LAST_ANSWERS_MS = 500;
const MAX_HEADER_BYTES = 32 * 1024;

const CLIENT_ERRORS: Readonly<Record<string, [status: string, code: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'headers_too_large',
    `The headers are larger than ${MAX_HEADER_BYTES} bytes.`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request_timeout', 'The request did not arrive in time.'],
};
const MALFORMED: [string, string, string] = ['400 Bad Request', 'malformed_http', 'The request is not HTTP/1.1.'];

/** The public listener, bounded in what a client can make it wait for and hold. */
export class GatewayServer {
  /** Where it listens; 0 before. */
  port = 0;
  private readonly server: Server;
  private connections = 0;

  constructor(onRequest: RequestListener) {
    this.server = createServer(
      {
        keepAliveTimeout: KEEP_ALIVE_MS,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: CHECK_EVERY_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
        noDelay: true,
      },
      onRequest,
    );
    this.server.on('clientError', onClientError);
    this.server.on('connection', (socket: Socket) => {
      this.connections += 1;
      socket.once('close', () => (this.connections -= 1));
    });
  }

  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, 1024, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    this.port = (this.server.address() as AddressInfo).port;
    return this.port;
  }

  /** Takes no more connections, and ends those without a request. */
  stopAccepting(): void {
    this.server.close();
    this.server.closeIdleConnections();
  }

  /** Waits a moment for the last answers to leave, then ends what is left. */
  async close(): Promise<void> {
    this.server.closeIdleConnections();
    const until = performance.now() + LAST_ANSWERS_MS;
    while (this.connections > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    this.server.closeAllConnections();
  }
}

function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, detail] = CLIENT_ERRORS[error.code ?? ''] ?? MALFORMED;
  const body = JSON.stringify({ error: { message: detail, type: 'invalid_request_error', param: null, code } });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
