import type { WatchRecallsResponse } from '@tollgate/contracts';
import type { Recall } from './recall-message';

/** Where a holder is told to give idle parts back. */
export interface RecallListener {
  write(message: WatchRecallsResponse): unknown;
}

/** The holders that watch this process. The other processes' are reached through PostgreSQL. */
export class RecallHub {
  readonly #listeners = new Map<string, Set<RecallListener>>();

  /** @returns how to stop watching. */
  watch(holder: string, listener: RecallListener): () => void {
    const ofHolder = this.#listeners.get(holder) ?? new Set();
    this.#listeners.set(holder, ofHolder.add(listener));
    return () => {
      ofHolder.delete(listener);
      if (ofHolder.size === 0 && this.#listeners.get(holder) === ofHolder) this.#listeners.delete(holder);
    };
  }

  tell({ budgetId, holders }: Recall): void {
    for (const holder of holders ?? [...this.#listeners.keys()]) {
      for (const listener of this.#listeners.get(holder) ?? []) listener.write({ budgetId });
    }
  }
}
