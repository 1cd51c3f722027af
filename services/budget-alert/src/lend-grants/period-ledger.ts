import type { AcquireResponse } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { Budget } from '../budget/budget';
import type { GrantRow } from '../db/grant-rows';
import type { PeriodChange, PeriodRow } from '../db/period-rows';
import { allocate, outlookOf } from './allocate';
import { type Ask, type Decision } from './ask';

export interface LedgerContext {
  readonly budget: Budget;
  readonly row: PeriodRow;
  readonly nowMs: number;
  /** A round so young that a refused ask may wait for its answers; null for none. */
  readonly joinableRound: bigint | null;
  newGrantId(): string;
}

/** How long after its last sign of life a holder is still expected to answer a recall. */
const ALIVE_MS = 15_000;

/**
 * One budget's period during a pass over many asks, under the lock of its row: decides them in the order in which they came, each against what the
 * ones before have left. Pure; what changed is written afterwards in one statement each.
 */
export class PeriodLedger {
  readonly additions = new Map<string, { grant: GrantRow; added: Decimal }>();
  /** Whether someone was refused for good. */
  refused = false;
  /** Whether this pass calls idle parts back. */
  recalls = false;
  #held: Decimal;
  readonly #newGrants = new Map<string, string>();

  constructor(
    private readonly context: LedgerContext,
    private readonly grants: ReadonlyMap<string, GrantRow>,
  ) {
    this.#held = context.row.held;
  }

  get round(): bigint {
    return this.context.row.recallRound + (this.recalls ? 1n : 0n);
  }

  /** The period's amount and spending, for what is told of it. */
  balance(): { amount: Decimal; spent: Decimal } {
    return { amount: this.context.row.amount, spent: this.context.row.spent };
  }

  /** Grants what fits; null when the need does not. */
  grant(ask: Ask): AcquireResponse | null {
    const amount = allocate(this.#funds(), ask.needed, ask.wanted);
    if (amount === null) return null;
    this.#held = this.#held.plus(amount);
    const id = this.#grantFor(ask, amount);
    return this.#response({ granted: true, grantId: id, amount: amount.toString() });
  }

  /** Decides an ask that does not fit; `open` are the period's open grants of which something is left. */
  refuse(ask: Ask, open: readonly GrantRow[]): Decision {
    const others = open.filter(({ holder }) => holder !== ask.holder);
    const left = Decimal.sum(others.map(({ remaining }) => remaining));
    if (outlookOf(this.#funds(), ask.needed, left) === 'hopeless') return this.#refusal(false);
    const awaited = ask.round ?? this.context.joinableRound;
    if (awaited === null) {
      const begun = !this.recalls;
      this.recalls = true;
      return { kind: 'wait', round: this.round, begun };
    }
    const silent = others.filter(({ answeredRound }) => answeredRound < awaited);
    if (silent.length === 0) return this.#refusal(false);
    if (!ask.lastChance) return { kind: 'wait', round: awaited, begun: false };
    return this.#refusal(silent.some(({ renewedAt }) => this.context.nowMs - renewedAt < ALIVE_MS));
  }

  /** What the row becomes; null when nothing changed. */
  change(): PeriodChange | null {
    const { row } = this.context;
    if (!this.recalls && this.additions.size === 0) return null;
    return { budgetId: row.budgetId, start: row.start, spent: row.spent, held: this.#held, recallRound: this.round };
  }

  /** New grants count as having answered everything that was asked before them. */
  written(): { grant: GrantRow; added: Decimal }[] {
    return [...this.additions.values()].map(({ grant, added }) => ({ added, grant: { ...grant, answeredRound: this.round } }));
  }

  #funds() {
    const { amount, spent } = this.context.row;
    return { limit: amount, spent, held: this.#held };
  }

  #grantFor(ask: Ask, added: Decimal): string {
    const id = this.#toppedUp(ask) ?? this.#newGrant(ask);
    const before = this.additions.get(id)?.added ?? Decimal.ZERO;
    const { budget, row, nowMs } = this.context;
    const grant: GrantRow = {
      id,
      organizationId: budget.organizationId,
      budgetId: budget.id,
      periodStart: row.start,
      holder: ask.holder,
      remaining: Decimal.ZERO,
      state: 'open',
      renewedAt: nowMs,
      answeredRound: row.recallRound,
    };
    this.additions.set(id, { grant, added: before.plus(added) });
    return id;
  }

  /** Its own open grant of this very period. */
  #toppedUp(ask: Ask): string | null {
    const grant = this.grants.get(ask.grantId);
    if (!grant || grant.state !== 'open' || grant.holder !== ask.holder) return null;
    return grant.budgetId === ask.budgetId && grant.periodStart === this.context.row.start ? grant.id : null;
  }

  /** The asks of one holder in one pass share a grant. */
  #newGrant(ask: Ask): string {
    const known = this.#newGrants.get(ask.holder);
    if (known) return known;
    const id = this.context.newGrantId();
    this.#newGrants.set(ask.holder, id);
    return id;
  }

  #refusal(retry: boolean): Decision {
    if (!retry) this.refused = true;
    return { kind: 'answer', response: this.#response({ granted: false, grantId: '', amount: '0', retry }) };
  }

  #response(answer: { granted: boolean; grantId: string; amount: string; retry?: boolean }): AcquireResponse {
    const { budget, row } = this.context;
    return {
      retry: false,
      ...answer,
      limit: row.amount.toString(),
      spent: row.spent.toString(),
      held: this.#held.toString(),
      resetsAt: row.end === null ? '' : new Date(row.end).toISOString(),
      periodStart: new Date(row.start).toISOString(),
      notLimited: false,
      name: budget.name,
    };
  }
}
