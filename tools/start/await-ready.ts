import type { Progress } from './progress';

/** Something that says at `/readyz` whether it can serve. */
export interface Awaited {
  readonly name: string;
  readonly url: string;
}

const REPORT_EVERY_MS = 10_000;
const PAUSE_MS = 100;

/** Waits until all are ready, and says now and then who is not and why. Rejects after `timeoutMs`, or when `signal` aborts. */
export async function awaitReady(
  awaited: readonly Awaited[],
  options: { timeoutMs: number; logs: string; progress: Progress; signal: AbortSignal },
): Promise<void> {
  const deadline = Date.now() + options.timeoutMs;
  const reasons = new Map(awaited.map(({ name }) => [name, 'does not answer']));
  const waiting = (): string => [...reasons].map(([name, reason]) => `${name} (${reason})`).join(', ');
  const report = setInterval(() => options.progress.step(`waiting for ${waiting()}`), REPORT_EVERY_MS);
  const wait = async ({ name, url }: Awaited): Promise<void> => {
    for (;;) {
      options.signal.throwIfAborted();
      const reason = await notReadyReason(url);
      if (reason === null) break;
      reasons.set(name, reason);
      if (Date.now() > deadline)
        throw new Error(`not ready after ${options.timeoutMs / 1_000} s: ${waiting()}. Their logs are in ${options.logs}.`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    reasons.delete(name);
  };
  try {
    await Promise.all(awaited.map(wait));
  } finally {
    clearInterval(report);
  }
}

async function notReadyReason(url: string): Promise<string | null> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) });
    const text = await answer.text();
    return answer.ok ? null : `${answer.status} ${text.slice(0, 200)}`;
  } catch (error) {
    return error instanceof DOMException ? 'does not answer in time' : 'does not listen yet';
  }
}
