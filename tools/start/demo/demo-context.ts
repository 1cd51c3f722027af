import type { Progress } from '../progress';
import type { RestClient } from '../seed/rest-client';

/** What the demo works with: a running system and keys of one organisation. */
export interface DemoContext {
  /** The gateway as the demo reaches it, without a path. */
  readonly ingressUrl: string;
  readonly apiKey: string;
  /** Speaks with the front door as admin, as finance. */
  readonly admin: RestClient;
  readonly finance: RestClient;
  /** Speaks with the gateway's usage API. */
  readonly usage: RestClient;
  /** Where the webhook receiver listens, and under which host the system reaches it. */
  readonly receiver: { readonly bindHost: string; readonly publicHost: string; readonly port: number };
  /** Receives the invoice's PDF. */
  readonly outputFolder: string;
  readonly now: Date;
  readonly progress: Progress;
  /** Ends the demo early. */
  readonly signal: AbortSignal;
}

/** Repeats `look` until it returns something, then resolves to that. Rejects, saying what was waited for and what was last seen, after `timeoutMs`. */
export async function eventually<T>(
  what: string,
  context: Pick<DemoContext, 'signal'>,
  timeoutMs: number,
  look: () => Promise<T | undefined>,
  seen: () => string = () => '',
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    context.signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not after ${timeoutMs / 1_000} s. ${seen()}`.trim());
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
