/** An answer that says no: the problem's words, and what it asks to do. */
export class RestError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** How one request differs from a plain GET. */
export interface RestRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly contentType?: string;
  /** Makes a POST that creates safe to repeat. */
  readonly idempotencyKey?: string;
  /** For an operator: the organisation it acts for. */
  readonly organizationId?: string;
}

const TIMEOUT_MS = 30_000;
const TRIES = 6;

/** Speaks REST with one key, as any client would. What a service that is just starting or busy answers (503, 429, no connection) is tried again. */
export class RestClient {
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
  ) {}

  /** The parsed JSON of a 2xx answer; throws {@link RestError} otherwise. */
  async json<T>(path: string, request: RestRequest = {}): Promise<T> {
    const answer = await this.#send(path, request);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** The bytes of a 2xx answer. */
  async bytes(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.#send(path, {})).arrayBuffer());
  }

  async #send(path: string, request: RestRequest): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#once(path, request).catch((error: Error) => error);
      const passing = answer instanceof Error || answer.status === 503 || answer.status === 429;
      const repeatable =
        request.method === undefined || request.method === 'GET' || !(answer instanceof Error) || request.idempotencyKey !== undefined;
      if (passing && repeatable && attempt < TRIES) {
        await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
        continue;
      }
      if (answer instanceof Error) throw new RestError(0, 'unreachable', `${this.baseUrl}${path}: ${answer.message}`);
      if (!answer.ok) throw await toError(answer, `${request.method ?? 'GET'} ${path}`);
      return answer;
    }
  }

  async #once(path: string, request: RestRequest): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.key}` };
    if (request.body !== undefined) headers['content-type'] = request.contentType ?? 'application/json';
    if (request.idempotencyKey !== undefined) headers['idempotency-key'] = request.idempotencyKey;
    if (request.organizationId !== undefined) headers['x-tollgate-organization'] = request.organizationId;
    return fetch(new URL(path, this.baseUrl), {
      method: request.method ?? 'GET',
      headers,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

async function toError(answer: Response, what: string): Promise<RestError> {
  const text = await answer.text();
  try {
    const { code, title, detail, fix } = JSON.parse(text) as Record<string, string | undefined>;
    return new RestError(answer.status, code ?? '', `${what}: ${answer.status} ${[detail ?? title, fix].filter(Boolean).join(' ')}`);
  } catch {
    return new RestError(answer.status, '', `${what}: ${answer.status} ${text.slice(0, 300)}`);
  }
}
