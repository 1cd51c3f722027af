import type { Progress } from './progress';

/** Whether this process was asked to stop: by Ctrl-C, by a signal, or by the end of the process that started it. A second request insists. */
export class StopRequest {
  readonly requested: Promise<void>;
  readonly #controller = new AbortController();
  #insist: (() => void) | undefined;

  constructor(private readonly progress: Progress) {
    this.requested = new Promise((resolve) => this.signal.addEventListener('abort', () => resolve()));
    let handledAt = 0;
    const handle = (): void => {
      // npm passes on a signal that the terminal has sent to this process already.
      if (Date.now() - handledAt < 500) return;
      handledAt = Date.now();
      this.#ask();
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, handle);
    if (process.channel) {
      process.once('disconnect', handle);
      process.channel.unref();
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What a second request does. */
  onInsist(action: () => void): void {
    this.#insist = action;
  }

  #ask(): void {
    if (this.signal.aborted) {
      this.progress.warn('killing everything');
      this.#insist?.();
      return;
    }
    this.progress.step('stopping (once more to kill)');
    this.#controller.abort(new Error('stopped'));
  }
}
