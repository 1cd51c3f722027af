import { isTransientFailure } from '@tollgate/platform/kafka';

interface Submission<T> {
  readonly items: readonly T[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets batches of several partitions that arrive together share one transaction: while one is under way, others queue and go together next. Without
 * it the partitions' transactions would wait for each other's locks on the same hot rows, and each would pay for its own commit.
 */
export class BatchCoalescer<T> {
  readonly #apply: (items: readonly T[]) => Promise<unknown>;
  readonly #maxItems: number;
  #queue: Submission<T>[] = [];
  #running = false;

  /** `maxItems` bounds one transaction; a batch beyond it waits for the next. */
  constructor(apply: (items: readonly T[]) => Promise<unknown>, maxItems = 6_000) {
    this.#apply = apply;
    this.#maxItems = maxItems;
  }

  /** Resolves when the items are applied. Rejects with the error of exactly these items: a batch never fails for another's poison. */
  submit(items: readonly T[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ items, resolve, reject });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    // Batches that were fetched together are submitted within one turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#together(this.#take());
    this.#running = false;
  }

  #take(): Submission<T>[] {
    const taken: Submission<T>[] = [];
    let size = 0;
    for (const submission of this.#queue) {
      if (taken.length > 0 && size + submission.items.length > this.#maxItems) break;
      taken.push(submission);
      size += submission.items.length;
    }
    this.#queue = this.#queue.slice(taken.length);
    return taken;
  }

  async #together(submissions: Submission<T>[]): Promise<void> {
    try {
      await this.#apply(submissions.flatMap(({ items }) => items));
      for (const { resolve } of submissions) resolve();
    } catch (error) {
      if (submissions.length === 1 || isTransientFailure(error)) for (const { reject } of submissions) reject(error);
      else for (const submission of submissions) await this.#together([submission]);
    }
  }
}
