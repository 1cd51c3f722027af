import type { AcquireResponse } from '@tollgate/contracts';
import type { Clock } from '@tollgate/platform/config';
import type { ConsumerDatabase } from '@tollgate/platform/database';
import { meter } from '@tollgate/platform/observability';
import { rememberPeriods } from '../db/period-rows';
import type { Ask } from './ask';
import { decideAsks } from './decide-asks';

/** Most asks of one transaction. */
const MAX_PASS = 256;
/** How long an ask waits for idle parts that were called back. */
const WAIT_MS = 300;
/** An ask joins a round that is not older than this, so that a crowd of refusals asks the holders a few times a second and not at each. */
const JOIN_MS = 50;

interface Entry {
  ask: Ask;
  readonly answer: (response: AcquireResponse) => void;
  readonly fail: (error: unknown) => void;
  timer?: NodeJS.Timeout;
}

/**
 * Where asks queue up: those that arrive while a transaction runs share the next one, in order. One that does not fit waits until idle parts at other
 * holders have come back, or have all been answered for, before it is refused.
 */
export class GrantDesk {
  readonly #waiting = new Set<Entry>();
  readonly #rounds = new Map<string, { round: bigint; begunAt: number }>();
  readonly #outcomes = meter('budget-alert').createCounter('tollgate_grant_asks', { description: 'Asks for grants by outcome' });
  /** Budgets of which something came back while a pass ran, which may not have seen it. */
  readonly #returnedMeanwhile = new Set<string>();
  #queue: Entry[] = [];
  #running: Promise<void> | undefined;

  constructor(
    private readonly database: ConsumerDatabase,
    private readonly clock: Clock,
  ) {}

  /** Answers when it is granted, refused for good, or waited for in vain. Rejects when the database does not answer. */
  acquire(ask: Omit<Ask, 'round' | 'lastChance'>): Promise<AcquireResponse> {
    return new Promise((answer, fail) => this.#enqueue([{ ask: { ...ask, round: null, lastChance: false }, answer, fail }]));
  }

  /** Something of these budgets' grants came back, or a recall was answered. */
  returned(budgetIds: readonly string[]): void {
    for (const id of budgetIds) this.#returnedMeanwhile.add(id);
    const ready = [...this.#waiting].filter(({ ask }) => budgetIds.includes(ask.budgetId));
    for (const entry of ready) this.#waiting.delete(entry);
    if (ready.length > 0) this.#enqueue(ready);
  }

  /** Resolves once what is queued has been decided. What waits for others is decided at once. */
  async drain(): Promise<void> {
    const left = [...this.#waiting];
    this.#waiting.clear();
    for (const entry of left) entry.ask = { ...entry.ask, lastChance: true };
    this.#enqueue(left);
    await this.#running;
  }

  #enqueue(entries: Entry[]): void {
    this.#queue.push(...entries);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // A moment's asks share the first transaction too.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) await this.#pass(this.#queue.splice(0, MAX_PASS));
    this.#running = undefined;
  }

  async #pass(entries: Entry[]): Promise<void> {
    const nowMs = this.clock.now();
    this.#returnedMeanwhile.clear();
    try {
      const context = { nowMs, joinable: this.#joinable(nowMs) };
      const asks = entries.map(({ ask }) => ask);
      const { decisions, limited } = await this.database.transaction((tx) => decideAsks(tx, asks, context));
      rememberPeriods(limited);
      decisions.forEach((decision, index) => {
        const entry = entries[index]!;
        if (decision.kind === 'answer') return this.#settle(entry, decision.response);
        if (decision.begun) this.#rounds.set(entry.ask.budgetId, { round: decision.round, begunAt: nowMs });
        this.#await(entry, decision.round);
      });
    } catch (error) {
      for (const entry of entries) {
        clearTimeout(entry.timer);
        entry.fail(error);
      }
    }
  }

  #settle(entry: Entry, response: AcquireResponse): void {
    clearTimeout(entry.timer);
    const outcome = response.granted ? 'granted' : response.notLimited ? 'not_limited' : response.retry ? 'retry' : 'refused';
    this.#outcomes.add(1, { outcome });
    entry.answer(response);
  }

  #await(entry: Entry, round: bigint): void {
    entry.ask = { ...entry.ask, round };
    if (entry.ask.lastChance || this.#returnedMeanwhile.has(entry.ask.budgetId)) return void this.#queue.push(entry);
    this.#waiting.add(entry);
    entry.timer ??= setTimeout(() => {
      entry.ask = { ...entry.ask, lastChance: true };
      if (this.#waiting.delete(entry)) this.#enqueue([entry]);
    }, WAIT_MS);
  }

  #joinable(nowMs: number): Map<string, bigint> {
    const joinable = new Map<string, bigint>();
    for (const [budgetId, { round, begunAt }] of this.#rounds) {
      if (nowMs - begunAt <= JOIN_MS) joinable.set(budgetId, round);
      else this.#rounds.delete(budgetId);
    }
    return joinable;
  }
}
