import { budgetWindow, localDate } from '@tollgate/domain';
import type { BudgetPeriod } from './budget';

/** One period of a budget, as instants and as local days, both half-open. */
export interface BudgetSpan {
  /** Epoch milliseconds. */
  readonly start: number;
  /** Epoch milliseconds; null when it never ends. */
  readonly end: number | null;
  /** YYYY-MM-DD in the organisation's time zone. */
  readonly firstDay: string;
  readonly endDay: string | null;
}

/** The period that holds the instant. */
export function budgetSpan(epochMs: number, timeZone: string, period: BudgetPeriod): BudgetSpan {
  const { start, end } = budgetWindow(epochMs, timeZone, period);
  if (!Number.isFinite(end)) return { start, end: null, firstDay: localDate(start, 'UTC'), endDay: null };
  return { start, end, firstDay: localDate(start, timeZone), endDay: localDate(end, timeZone) };
}

/** Names a budget's period in maps, in locks' order, and as the subject of what fired in it. */
export function periodKey(budgetId: string, periodStart: number): string {
  return `${budgetId}|${new Date(periodStart).toISOString()}`;
}
