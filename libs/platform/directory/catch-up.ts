import type { CutReader } from '@tollgate/platform/kafka';

const IDLE_POLLS = 10;

/**
 * One reading of the topics from their beginnings to where they ended when it began. What it reads is kept aside, so that a view that
 * already serves does not go back to old values meanwhile, and what is no longer in the topics disappears with the end of the pass.
 */
export class CatchUp {
  readonly staged = new Map<string, Map<string, Buffer>>();
  readonly #positions = new Map<string, bigint>();
  #targets: Map<string, bigint> | undefined;
  #idlePolls = 0;

  constructor(topics: readonly string[]) {
    for (const topic of topics) this.staged.set(topic, new Map());
  }

  /** Asks where the topics end; a partition whose records have all been removed needs no reading. */
  async aim(cuts: CutReader): Promise<void> {
    const targets = new Map<string, bigint>();
    for (const topic of this.staged.keys()) {
      for (const [partition, { low, end }] of await cuts.bounds(topic)) if (end > low) targets.set(`${topic}/${partition}`, end);
    }
    this.#targets = targets;
  }

  add(topic: string, key: string, bytes: Buffer | null): void {
    if (bytes === null) this.staged.get(topic)?.delete(key);
    else this.staged.get(topic)?.set(key, bytes);
  }

  reached(topic: string, partition: number, next: bigint): void {
    this.#positions.set(`${topic}/${partition}`, next);
    this.#idlePolls = 0;
  }

  /**
   * The broker was polled; `waited` if it held the poll for the time of an empty answer, neither failing at once nor late. Ten of these
   * without a record mean that what was left up to the targets has been compacted away (a deletion at the very end goes after a day).
   */
  polled(waited: boolean): void {
    if (this.#targets === undefined) return;
    this.#idlePolls = waited ? this.#idlePolls + 1 : 0;
  }

  get complete(): boolean {
    if (this.#targets === undefined) return false;
    if (this.#idlePolls >= IDLE_POLLS) return true;
    for (const [partition, end] of this.#targets) if ((this.#positions.get(partition) ?? 0n) < end) return false;
    return true;
  }
}
