import type { Sql } from '@tollgate/platform/database';
import { v7 as uuidv7 } from 'uuid';
import type { Budget } from '../budget/budget';
import { budgetSpan, periodKey, type BudgetSpan } from '../budget/budget-span';
import { budgetsById } from '../db/budget-rows';
import { notify, RECALLS_CHANNEL } from '../db/channels';
import { addToGrants, openGrants, readGrants, type GrantRow } from '../db/grant-rows';
import { ensurePeriods, lockPeriods, writePeriods } from '../db/period-rows';
import { limitAlert } from '../raise-alerts/new-alert';
import { raiseAlerts } from '../raise-alerts/raise-alerts';
import { type Ask, type Decision, NOT_LIMITED } from './ask';
import { PeriodLedger } from './period-ledger';
import { recallPayload } from './recall-message';

export interface PassContext {
  readonly nowMs: number;
  /** Rounds that are young enough to wait for, by budget. */
  readonly joinable: ReadonlyMap<string, bigint>;
}

interface Limited {
  readonly budget: Budget;
  readonly span: BudgetSpan;
}

/** What a pass decided, in the order of the asks, and the periods that are now known to have rows. */
export interface Pass {
  readonly decisions: Decision[];
  readonly limited: Limited[];
}

/**
 * Decides many asks in one transaction: each period is locked once, so that spent plus held passes its limit for none of them, however many processes
 * ask at once.
 */
export async function decideAsks(tx: Sql, asks: readonly Ask[], context: PassContext): Promise<Pass> {
  const limited = await limitedBudgets(tx, asks, context.nowMs);
  await ensurePeriods(tx, [...limited.values()]);
  const rows = await lockPeriods(
    tx,
    [...limited.values()].map(({ budget, span }) => ({ budgetId: budget.id, start: span.start })),
  );
  const named = await readGrants(
    tx,
    asks.map(({ grantId }) => grantId).filter((id) => id !== ''),
  );
  const ledgers = new Map<string, PeriodLedger>();
  for (const { budget, span } of limited.values()) {
    const row = rows.get(periodKey(budget.id, span.start))!;
    const joinableRound = context.joinable.get(budget.id) ?? null;
    ledgers.set(budget.id, new PeriodLedger({ budget, row, nowMs: context.nowMs, joinableRound, newGrantId: uuidv7 }, named));
  }
  const decisions: (Decision | null)[] = asks.map((ask) => {
    const ledger = limitedFor(ask, limited) && ledgers.get(ask.budgetId);
    if (!ledger) return { kind: 'answer', response: NOT_LIMITED };
    const response = ledger.grant(ask);
    return response && { kind: 'answer', response };
  });
  const open = await refuseTheRest(tx, asks, decisions, ledgers, limited);
  await write(tx, ledgers, limited, open, context.nowMs);
  return { decisions: decisions as Decision[], limited: [...limited.values()] };
}

async function limitedBudgets(tx: Sql, asks: readonly Ask[], nowMs: number): Promise<Map<string, Limited>> {
  const budgets = await budgetsById(
    tx,
    asks.map(({ budgetId }) => budgetId),
  );
  const limited = new Map<string, Limited>();
  for (const budget of budgets.values()) {
    if (budget.status === 'active' && budget.hardLimit)
      limited.set(budget.id, { budget, span: budgetSpan(nowMs, budget.timeZone, budget.period) });
  }
  return limited;
}

/** A budget of another organisation limits nothing of this one. */
function limitedFor(ask: Ask, limited: ReadonlyMap<string, Limited>): boolean {
  return limited.get(ask.budgetId)?.budget.organizationId === ask.organizationId;
}

async function refuseTheRest(
  tx: Sql,
  asks: readonly Ask[],
  decisions: (Decision | null)[],
  ledgers: ReadonlyMap<string, PeriodLedger>,
  limited: ReadonlyMap<string, Limited>,
): Promise<GrantRow[]> {
  const short = new Set(asks.filter((_, index) => decisions[index] === null).map(({ budgetId }) => budgetId));
  if (short.size === 0) return [];
  const open = await openGrants(
    tx,
    [...short].map((id) => ({ budgetId: id, start: limited.get(id)!.span.start })),
  );
  asks.forEach((ask, index) => {
    if (decisions[index] !== null) return;
    const ofBudget = open.filter(({ budgetId }) => budgetId === ask.budgetId);
    decisions[index] = ledgers.get(ask.budgetId)!.refuse(ask, ofBudget);
  });
  return open;
}

async function write(
  tx: Sql,
  ledgers: ReadonlyMap<string, PeriodLedger>,
  limited: ReadonlyMap<string, Limited>,
  open: readonly GrantRow[],
  nowMs: number,
): Promise<void> {
  const changes = [...ledgers.values()].map((ledger) => ledger.change()).filter((change) => change !== null);
  await writePeriods(tx, changes);
  await addToGrants(
    tx,
    [...ledgers.values()].flatMap((ledger) => ledger.written()),
  );
  for (const [budgetId, ledger] of ledgers) {
    if (ledger.recalls) await notify(tx, RECALLS_CHANNEL, recallPayload(budgetId, open));
  }
  await raiseAlerts(
    tx,
    [...ledgers].flatMap(([budgetId, ledger]) => {
      if (!ledger.refused) return [];
      const { budget, span } = limited.get(budgetId)!;
      return [limitAlert({ budget, periodStart: span.start, ...ledger.balance(), raisedAt: nowMs })];
    }),
  );
}
