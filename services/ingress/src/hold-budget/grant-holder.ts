import { status } from '@grpc/grpc-js';
import type { Budget, GrantReturn, GrantUse } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { Clock } from '@tollgate/platform/config';
import type { OpenAiRequest } from '@tollgate/providers';
import type { CallRoute } from '../call-provider/call-route';
import type { Directory } from '../directory/directory';
import type { GrantBalance } from '../spool/segment-head';
import { boundCall, type BoundedCall } from './bound-call';
import type { BudgetedCall, BudgetHolder } from './budget-holder';
import { BudgetPool, type PoolOptions, type Taken } from './budget-pool';
import type { GrantsLink } from './grants-link';
import type { Hold } from './hold';

export interface GrantHolderOptions {
  readonly holder: string;
  readonly link: GrantsLink;
  readonly directory: Pick<Directory, 'model'>;
  readonly clock: Clock;
  /** Notes a change in the spool. @throws when it can't. */
  readonly noteChange: (change: GrantBalance) => void;
  readonly onError: (error: Error) => void;
}

const RENEW_EVERY_MS = 5_000;
const UNUSED_MS = 60_000;
const RETURN_TRIES = 30;
const RETURN_AGAIN_MS = 2_000;
const NO_LIMITS = { maxInputTokens: 0, maxOutputTokens: 0 };

/** Borrows from hard limits so that calls under them pass without asking as a rule, and gives back what is not needed. */
export class GrantHolder implements BudgetHolder {
  private readonly pools = new Map<string, BudgetPool>();
  private readonly poolOptions: PoolOptions;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(private readonly options: GrantHolderOptions) {
    this.poolOptions = {
      holder: options.holder,
      acquire: (request) => options.link.acquire(request),
      now: () => performance.now(),
      wallNow: () => options.clock.now(),
      noteChange: (change) => this.note(change),
    };
  }

  start(): void {
    this.timer = setInterval(() => void this.renewAll(), RENEW_EVERY_MS);
    this.options.link.watchRecalls(this.options.holder, (budgetId) => this.onRecall(budgetId));
  }

  hold(route: CallRoute, request: OpenAiRequest): BudgetedCall | Promise<BudgetedCall> {
    const { provider, model } = route.target;
    const limits = this.options.directory.model(provider, model) ?? NO_LIMITS;
    const bounded = boundCall(route, request, limits, this.options.clock.now());
    const taken: Taken[] = [];
    for (let index = 0; index < route.hardBudgets.length; index += 1) {
      const one = this.poolOf(route.hardBudgets[index]!).take(bounded.least, leastOf(taken, bounded.most));
      if (one instanceof Promise)
        return this.takeRest(route.hardBudgets, index + 1, one, taken, bounded).then(() => budgetedCall(taken, bounded));
      taken.push(one);
    }
    return budgetedCall(taken, bounded);
  }

  /** What the head of a segment says of the grants in hand. */
  balances(): GrantBalance[] {
    return [...this.pools.values()].map((pool) => pool.balance()).filter((balance) => balance !== null);
  }

  /** Gives back what a dead process left, once: its charges replace the rest. */
  async returnOf(holder: string, idle: readonly GrantBalance[]): Promise<void> {
    const returns = idle.map(({ grantId, amount }) => ({ grantId, amount, final: true }));
    for (let tries = 0; returns.length > 0 && tries < RETURN_TRIES && !this.stopped; tries += 1) {
      try {
        await this.options.link.renew({ holder, returns });
        return;
      } catch (error) {
        // Only what cannot have arrived is said again; otherwise the budget takes it back by itself after 15 minutes.
        if ((error as { code?: unknown }).code !== status.UNAVAILABLE) return this.options.onError(error as Error);
        await new Promise((resolve) => setTimeout(resolve, RETURN_AGAIN_MS).unref());
      }
    }
  }

  /** Gives everything back. No call may be under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearInterval(this.timer);
    for (const pool of this.pools.values()) pool.close();
    const returns = [...this.pools.values()].flatMap((pool) => pool.giveBackAll(true));
    this.pools.clear();
    await this.renew(returns);
    this.options.link.close();
  }

  private async takeRest(
    budgets: readonly Budget[],
    from: number,
    first: Promise<Taken | null>,
    taken: Taken[],
    bounded: BoundedCall,
  ): Promise<void> {
    try {
      let next: Taken | null = await first;
      for (let index = from; ; index += 1) {
        if (next) taken.push(next);
        if (index >= budgets.length) return;
        next = await this.poolOf(budgets[index]!).take(bounded.least, leastOf(taken, bounded.most));
      }
    } catch (error) {
      for (const one of taken) one.pool.settle(one, Decimal.ZERO);
      throw error;
    }
  }

  private poolOf(budget: Budget): BudgetPool {
    let pool = this.pools.get(budget.id);
    if (!pool) this.pools.set(budget.id, (pool = new BudgetPool(budget, this.poolOptions)));
    pool.budget = budget;
    return pool;
  }

  private note(change: GrantBalance): boolean {
    try {
      this.options.noteChange(change);
      return true;
    } catch (error) {
      this.options.onError(error as Error);
      return false;
    }
  }

  /** First a sign of life, and only when that was heard what is given back: so that nothing is lost to a service that does not answer. */
  private async renewAll(): Promise<void> {
    const alive = this.balances().map(({ grantId }) => ({ grantId, amount: '0', final: false }));
    if (alive.length > 0 && !(await this.renew(alive))) return;
    const returns: GrantReturn[] = [];
    for (const [id, pool] of this.pools) {
      returns.push(...(pool.idleFor() > UNUSED_MS ? pool.giveBackAll(true) : pool.renewal()));
      if (pool.isEmpty) this.pools.delete(id);
    }
    await this.renew(returns.filter(({ amount, final }) => final || amount !== '0'));
  }

  private onRecall(budgetId: string): void {
    const pool = this.pools.get(budgetId);
    if (pool) void this.renew(pool.giveBackAll(false));
  }

  private async renew(returns: GrantReturn[]): Promise<boolean> {
    if (returns.length === 0) return true;
    const sentAt = performance.now();
    try {
      const { endedGrantIds } = await this.options.link.renew({ holder: this.options.holder, returns });
      const named = new Set(returns.map(({ grantId }) => grantId));
      const ended = new Set(endedGrantIds);
      for (const pool of this.pools.values()) pool.renewed(sentAt, named, ended);
      return true;
    } catch (error) {
      this.options.onError(error as Error);
      return false;
    }
  }
}

/** The call may cost what the limit with the least room gave it; of the others it holds no more than that. */
function budgetedCall(taken: readonly Taken[], bounded: BoundedCall): BudgetedCall {
  const held = leastOf(taken, bounded.most);
  return { hold: new PoolHold(taken.map((one) => one.pool.shrink(one, held))), maxOutputTokens: bounded.maxOutputTokens(held) };
}

function leastOf(taken: readonly Taken[], most: Decimal): Decimal {
  return taken.reduce((least, { amount }) => (amount.compare(least) < 0 ? amount : least), most);
}

/** What one call holds of each of its limits. */
class PoolHold implements Hold {
  readonly grants: readonly GrantUse[];

  constructor(private readonly taken: readonly Taken[]) {
    this.grants = taken.map(({ budgetId, grantId, amount }) => ({ budgetId, grantId, held: amount.toString() }));
  }

  settle(cost: string | null): readonly GrantUse[] {
    const exact = cost === null ? null : Decimal.parse(cost);
    return this.taken.map((one) => ({ budgetId: one.budgetId, grantId: one.grantId, held: one.pool.settle(one, exact).toString() }));
  }

  release(): void {
    for (const one of this.taken) one.pool.settle(one, Decimal.ZERO);
  }
}
