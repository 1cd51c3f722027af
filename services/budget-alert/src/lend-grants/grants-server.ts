import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import {
  GrantsServiceService,
  type AcquireRequest,
  type AcquireResponse,
  type RenewRequest,
  type RenewResponse,
  type WatchRecallsRequest,
  type WatchRecallsResponse,
} from '@tollgate/contracts';
import type { Clock } from '@tollgate/platform/config';
import { isTransient } from '@tollgate/platform/database';
import { INTERNAL_TOKEN_HEADER, verifyInternalToken } from '@tollgate/platform/http';
import { createLogger } from '@tollgate/platform/observability';
import { GrantDesk } from './grant-desk';
import { readAsk, readReturns, requireHolder, RequestError } from './read-request';
import { RecallHub } from './recall-hub';
import { RenewGrants } from './renew-grants';

export interface GrantsServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Key of the internal token, which every call carries in its metadata. */
  readonly secret: string;
  readonly clock: Clock;
}

/** A token that was good a moment ago is not computed again. */
const TRUST_TOKEN_MS = 10_000;
const MAX_TRUSTED = 1_000;
const CLOSE_MS = 2_000;

/** The gRPC side of lending: who calls is a service of ours, what it sends is well-formed. */
export class GrantsServer {
  readonly #server = new Server({ 'grpc.keepalive_time_ms': 10_000, 'grpc.keepalive_timeout_ms': 5_000 });
  readonly #trusted = new Map<string, number>();
  readonly #watching = new Set<ServerWritableStream<WatchRecallsRequest, WatchRecallsResponse>>();
  readonly #logger = createLogger('grants');

  constructor(
    private readonly desk: GrantDesk,
    private readonly renewing: RenewGrants,
    private readonly hub: RecallHub,
    private readonly options: GrantsServerOptions,
  ) {}

  /** Resolves with the port once it listens. */
  start(): Promise<number> {
    this.#server.addService(GrantsServiceService, {
      acquire: (call: ServerUnaryCall<AcquireRequest, AcquireResponse>, done: sendUnaryData<AcquireResponse>) =>
        this.#answer(call, done, () => this.desk.acquire(readAsk(call.request))),
      renew: (call: ServerUnaryCall<RenewRequest, RenewResponse>, done: sendUnaryData<RenewResponse>) =>
        this.#answer(call, done, async () => ({ endedGrantIds: await this.renewing.renew(readReturns(call.request)) })),
      watchRecalls: (call: ServerWritableStream<WatchRecallsRequest, WatchRecallsResponse>) => void this.#watch(call),
    });
    const { host, port } = this.options;
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return new Promise((resolve, reject) =>
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
    );
  }

  /** Decides what waits, ends the watching streams (holders turn to another process) and stops. */
  async close(): Promise<void> {
    for (const call of this.#watching) call.end();
    await this.desk.drain();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#server.forceShutdown();
        resolve();
      }, CLOSE_MS);
      this.#server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #answer<Q, R>(call: ServerUnaryCall<Q, R>, done: sendUnaryData<R>, work: () => Promise<R>): Promise<void> {
    try {
      await this.#authenticate(call.metadata);
      done(null, await work());
    } catch (error) {
      done(this.#statusOf(error));
    }
  }

  async #watch(call: ServerWritableStream<WatchRecallsRequest, WatchRecallsResponse>): Promise<void> {
    try {
      await this.#authenticate(call.metadata);
      const stop = this.hub.watch(requireHolder(call.request.holder), call);
      this.#watching.add(call);
      const over = () => {
        stop();
        this.#watching.delete(call);
      };
      for (const event of ['cancelled', 'close', 'finish', 'error']) call.on(event, over);
      if (call.cancelled) over();
      // The holder knows by these that it is heard: from here on no recall is missed.
      call.sendMetadata(new Metadata());
    } catch (error) {
      call.emit('error', this.#statusOf(error));
    }
  }

  async #authenticate(metadata: Metadata): Promise<void> {
    const [token] = metadata.get(INTERNAL_TOKEN_HEADER);
    const nowMs = this.options.clock.now();
    if (typeof token === 'string') {
      if ((this.#trusted.get(token) ?? 0) > nowMs) return;
      const caller = await verifyInternalToken(token, this.options.secret, nowMs);
      if (caller?.service !== undefined) {
        if (this.#trusted.size >= MAX_TRUSTED) this.#trusted.clear();
        this.#trusted.set(token, nowMs + TRUST_TOKEN_MS);
        return;
      }
    }
    throw new RequestError(status.UNAUTHENTICATED, `${INTERNAL_TOKEN_HEADER} carries no valid token of a service`);
  }

  /** Never UNAVAILABLE, which says that nothing was done: a commit whose answer was lost may have happened, and must not be repeated elsewhere. */
  #statusOf(error: unknown): ServerErrorResponse {
    if (error instanceof RequestError) return Object.assign(new Error(error.message), { code: error.code, details: error.message });
    const transient = isTransient(error);
    this.#logger[transient ? 'warn' : 'error']({ err: error }, 'a request about grants failed');
    const details = transient ? 'The database does not answer at the moment' : 'The request failed';
    return Object.assign(new Error(details), { code: transient ? status.UNKNOWN : status.INTERNAL, details });
  }
}
