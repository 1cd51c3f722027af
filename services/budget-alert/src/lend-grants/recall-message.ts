import type { GrantRow } from '../db/grant-rows';

/** Which holders are asked to give idle parts of a budget's grants back. */
export interface Recall {
  readonly budgetId: string;
  /** Null for everybody who watches. */
  readonly holders: readonly string[] | null;
}

/** PostgreSQL refuses payloads of 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_500;

/** The notification that asks the holders of a budget's open grants. */
export function recallPayload(budgetId: string, open: readonly GrantRow[]): string {
  const holders = [...new Set(open.filter((grant) => grant.budgetId === budgetId).map(({ holder }) => holder))];
  const payload = JSON.stringify({ budgetId, holders } satisfies Recall);
  return Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES ? payload : recallEverybody(budgetId);
}

/** The notification that asks everybody. */
export function recallEverybody(budgetId: string): string {
  return JSON.stringify({ budgetId, holders: null } satisfies Recall);
}

export function readRecall(payload: string): Recall {
  return JSON.parse(payload) as Recall;
}
