import { credentials, InterceptingCall, type Interceptor, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type AcquireRequest, type AcquireResponse, GrantsServiceClient, type RenewRequest, type RenewResponse } from '@tollgate/contracts';
import { INTERNAL_TOKEN_HEADER } from '@tollgate/platform/http';

/** What ingress asks of budget-alert. */
export interface GrantsLink {
  /** Rejects when nobody answers. */
  acquire(request: AcquireRequest): Promise<AcquireResponse>;
  renew(request: RenewRequest): Promise<RenewResponse>;
  /** Calls back for every budget whose idle parts are asked back, until `close`; it watches again by itself when the connection breaks. */
  watchRecalls(holder: string, onRecall: (budgetId: string) => void): void;
  close(): void;
}

const DEADLINE_MS = 3_000;
const WATCH_AGAIN_MS = 1_000;
const MAX_BACKOFF_MS = 2_000;

/** Asks any of budget-alert's processes, the next one when one does not answer. */
export class GrpcGrantsLink implements GrantsLink {
  private readonly clients: GrantsServiceClient[];
  private current = 0;
  private closed = false;
  private watch: { cancel(): void } | null = null;

  /** `token` makes the internal token that each call carries. */
  constructor(addresses: readonly string[], token: () => Promise<string>) {
    const options = {
      interceptors: [withToken(token)],
      'grpc.max_reconnect_backoff_ms': MAX_BACKOFF_MS,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 3_000,
    };
    this.clients = addresses.map((address) => new GrantsServiceClient(address, credentials.createInsecure(), options));
  }

  acquire(request: AcquireRequest): Promise<AcquireResponse> {
    return this.ask((client, done) => client.acquire(request, new Metadata(), { deadline: Date.now() + DEADLINE_MS }, done));
  }

  renew(request: RenewRequest): Promise<RenewResponse> {
    return this.ask((client, done) => client.renew(request, new Metadata(), { deadline: Date.now() + DEADLINE_MS }, done));
  }

  watchRecalls(holder: string, onRecall: (budgetId: string) => void): void {
    if (this.closed) return;
    const stream = this.clients[this.current]!.watchRecalls({ holder });
    this.watch = stream;
    let ended = false;
    const again = () => {
      if (ended) return;
      ended = true;
      if (this.watch === stream) this.watch = null;
      if (this.closed) return;
      this.current = (this.current + 1) % this.clients.length;
      setTimeout(() => this.watchRecalls(holder, onRecall), WATCH_AGAIN_MS).unref();
    };
    stream.on('data', ({ budgetId }: { budgetId: string }) => onRecall(budgetId));
    stream.on('error', again);
    stream.on('end', again);
  }

  close(): void {
    this.closed = true;
    this.watch?.cancel();
    for (const client of this.clients) client.close();
  }

  /** Only a request that cannot have arrived is given to another process: a grant must not be taken twice. */
  private async ask<T>(call: (client: GrantsServiceClient, done: (error: ServiceError | null, answer: T) => void) => void): Promise<T> {
    let failure: unknown;
    for (let tries = 0; tries < this.clients.length; tries += 1) {
      const index = (this.current + tries) % this.clients.length;
      try {
        const answer = await new Promise<T>((resolve, reject) =>
          call(this.clients[index]!, (error, value) => (error ? reject(error) : resolve(value))),
        );
        this.current = index;
        return answer;
      } catch (error) {
        failure = error;
        if ((error as ServiceError).code !== status.UNAVAILABLE) break;
      }
    }
    throw failure;
  }
}

/** Adds the internal token to the metadata of every call; budget-alert answers to services alone. */
function withToken(token: () => Promise<string>): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        const go = () => next(metadata, listener);
        token().then((text) => {
          metadata.set(INTERNAL_TOKEN_HEADER, text);
          go();
        }, go);
      },
    });
}
