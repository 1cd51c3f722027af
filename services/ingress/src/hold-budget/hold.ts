import type { GrantUse } from '@tollgate/contracts';

/** What a call holds of the hard limits that it is under. */
export interface Hold {
  /** What it holds while it runs: an upper bound of its cost, of each limit. */
  readonly grants: readonly GrantUse[];
  /** Lets go of all but the cost (null: not known, so that all stays held until the charge is there). Returns what the call held when it ended. */
  settle(cost: string | null): readonly GrantUse[];
  /** The call was never begun: nothing of it will be charged. */
  release(): void;
}
