import type { OpenAiRequest } from '@tollgate/providers';
import type { CallRoute } from '../call-provider/call-route';
import type { Hold } from './hold';

/** A call that may go ahead under its hard limits. */
export interface BudgetedCall {
  readonly hold: Hold | null;
  /** The output bound that the provider must be sent; undefined leaves the client's. */
  readonly maxOutputTokens: number | undefined;
}

/** Lets calls pass the hard limits that they are under. */
export interface BudgetHolder {
  /** @throws Problem, or a promise that does: 402 when a limit has no room, 503 when nobody can say. */
  hold(route: CallRoute, request: OpenAiRequest): BudgetedCall | Promise<BudgetedCall>;
}
