/** An answer with its body read: JSON where it is JSON, text otherwise. */
export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

/** How a request is made; `key` becomes the bearer token. */
export interface Ask {
  method?: string;
  key?: string;
  body?: unknown;
  rawBody?: string | Buffer;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/** One HTTP request, whatever it answers. Throws only when there is no answer at all. */
export async function ask<T = unknown>(url: string, options: Ask = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.key) headers['authorization'] = `Bearer ${options.key}`;
  let body: string | Uint8Array | undefined;
  if (options.rawBody !== undefined) body = typeof options.rawBody === 'string' ? options.rawBody : new Uint8Array(options.rawBody);
  else if (options.body !== undefined) body = JSON.stringify(options.body);
  if (body !== undefined && !headers['content-type']) headers['content-type'] = 'application/json';
  const response = await fetch(url, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body !== undefined && { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: (isJson && text ? JSON.parse(text) : text) as T };
}

/** Asks until `good` holds; throws what was seen last when it does not within `withinMs`. */
export async function eventually<T>(look: () => Promise<T>, good: (seen: T) => boolean, withinMs: number, everyMs = 50): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (good(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(seen)?.slice(0, 2000)}`);
    await new Promise((resume) => setTimeout(resume, everyMs));
  }
}
