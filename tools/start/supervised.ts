/** A running program, however it was started. */
export interface Running {
  readonly pid: number;
  /** Settles when it has ended, wanted or not. */
  readonly exited: Promise<void>;
  /** Asks it to stop, insists after a while, resolves when it is gone. */
  stop(): Promise<void>;
}

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** One that ran this long is not in a crash loop. */
const HEALTHY_AFTER_MS = 5_000;

/** Keeps a program running: one that ends comes back, later each time that it does not stay up, and for ever. */
export class Supervised {
  #running: Running | null = null;
  #wanted = false;
  #pauseMs = SHORTEST_PAUSE_MS;
  #wake: (() => void) | undefined;
  #watch: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly begin: () => Promise<Running>,
    private readonly events: { started(): void; ended(text: string): void },
  ) {}

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** Starts it and keeps it up from then on. Rejects if this very start fails. */
  async up(): Promise<void> {
    if (this.#wanted) return;
    this.#wanted = true;
    try {
      await this.#start();
    } catch (error) {
      this.#wanted = false;
      throw error;
    }
    this.#watch = this.#keepUp();
  }

  /** Stops it, and it stays down. */
  async down(): Promise<void> {
    this.#wanted = false;
    this.#wake?.();
    await this.#running?.stop();
    await this.#watch;
  }

  /** Sends a signal to the program; after a deadly one it comes back. */
  kill(signal: NodeJS.Signals): void {
    if (this.#running !== null) process.kill(this.#running.pid, signal);
  }

  async #start(): Promise<void> {
    this.#running = await this.begin();
    this.events.started();
  }

  async #keepUp(): Promise<void> {
    for (;;) {
      const startedAt = Date.now();
      await this.#running?.exited;
      this.#running = null;
      if (!this.#wanted) return;
      if (Date.now() - startedAt > HEALTHY_AFTER_MS) this.#pauseMs = SHORTEST_PAUSE_MS;
      this.events.ended(`${this.name} ended; it is started again in ${this.#pauseMs / 1_000} s`);
      do await this.#pause();
      while (this.#wanted && !(await this.#tryAgain()));
      if (!this.#wanted) {
        await (this.#running as Running | null)?.stop();
        return;
      }
    }
  }

  async #tryAgain(): Promise<boolean> {
    try {
      await this.#start();
      return true;
    } catch (error) {
      this.events.ended(`${this.name} cannot be started (${(error as Error).message}); next try in ${this.#pauseMs / 1_000} s`);
      return false;
    }
  }

  async #pause(): Promise<void> {
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
