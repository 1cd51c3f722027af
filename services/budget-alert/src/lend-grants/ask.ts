import type { AcquireResponse } from '@tollgate/contracts';
import type { Decimal } from '@tollgate/domain';

/** A request for a slice of a hard limit. */
export interface Ask {
  readonly holder: string;
  readonly budgetId: string;
  readonly organizationId: string;
  /** The holder's own grant to top up; empty for a new one. */
  readonly grantId: string;
  readonly needed: Decimal;
  readonly wanted: Decimal;
  /** The recall round whose answers it waits for; null while none was begun for it. */
  readonly round: bigint | null;
  /** Waited long enough: answer now. */
  readonly lastChance: boolean;
}

/** What becomes of an ask in one pass. */
export type Decision =
  | { readonly kind: 'answer'; readonly response: AcquireResponse }
  /** Idle parts elsewhere have been called back; decide again when they come, or at the last chance. `begun`: this pass began the round. */
  | { readonly kind: 'wait'; readonly round: bigint; readonly begun: boolean };

/** The budget is unknown or has no hard limit (any more). */
export const NOT_LIMITED: AcquireResponse = {
  granted: false,
  grantId: '',
  amount: '0',
  limit: '',
  spent: '',
  held: '',
  resetsAt: '',
  periodStart: '',
  notLimited: true,
  retry: false,
  name: '',
};
