import type { AcquireRequest, AcquireResponse, Budget, GrantReturn } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { GrantBalance } from '../spool/segment-head';
import { budgetExceeded, budgetUnknown } from './budget-problems';
import { type WaitingCall, WaitingCalls, type Wish } from './waiting-calls';

/** What a call took of a pool. */
export interface Taken {
  readonly pool: BudgetPool;
  readonly budgetId: string;
  readonly grantId: string;
  readonly amount: Decimal;
}

export interface PoolOptions {
  readonly holder: string;
  readonly acquire: (request: AcquireRequest) => Promise<AcquireResponse>;
  /** On a clock that only goes forward, milliseconds. */
  readonly now: () => number;
  /** The wall clock, which periods end by; epoch milliseconds. */
  readonly wallNow: () => number;
  /** Notes in the spool that a grant grew or shrank; false when it could not be noted. */
  readonly noteChange: (change: GrantBalance) => boolean;
}

interface Grant {
  readonly id: string;
  /** When its period ends; epoch milliseconds. */
  readonly endsAt: number;
  renewedAt: number;
}

/** No call is opened on a grant that was not renewed for so long: its budget may have given it up. */
const RENEWED_WITHIN_MS = 60_000;
/** How much more than needed is asked for, in calls of the size at hand, so that most calls need not ask. */
const CALLS_AHEAD = 8n;
/** How long a limit that was found to be near counts as near. */
const NEAR_MS = 1_000;
/** How long a call waits for others to end that hold what it needs, and how often it asks again meanwhile. */
const REST_MS = 1_000;
const ASK_AGAIN_MS = 100;

/** What this process may spend of one hard limit: available = granted − holds of calls under way − costs of ended calls − what was given back. */
export class BudgetPool {
  private grant: Grant | null = null;
  private available = Decimal.ZERO;
  private inFlight = Decimal.ZERO;
  private lowest = Decimal.ZERO;
  private lowestBefore = Decimal.ZERO;
  private usedAt: number;
  private readonly waiting = new WaitingCalls<Taken | null>();
  /** The limit was found to be near, and is taken to be so until then. */
  private shortUntil = Number.NEGATIVE_INFINITY;
  private asking = false;
  /** What is to be given back of grants that no call is opened on any more. */
  private readonly strays = new Map<string, Decimal>();

  constructor(
    /** As it was last published. */
    public budget: Budget,
    private readonly options: PoolOptions,
  ) {
    this.usedAt = options.now();
  }

  /**
   * Holds at least what is needed, and up to what is wished for while there is plenty: at once when it is here, else when it is granted. Null: the budget
   * limits nothing any more. Rejects with a Problem.
   */
  take(needed: Decimal, wished = needed): Taken | Promise<Taken | null> {
    this.usedAt = this.options.now();
    const call = { needed, wished };
    if (this.suffices(call)) return this.serve(this.shareOf(call));
    const granted = this.waiting.add(call, this.options.now());
    void this.ask();
    return granted;
  }

  /** A call has ended at that cost (null: not known, it keeps all). Returns what it keeps until its charge is there. */
  settle({ grantId, amount }: Taken, cost: Decimal | null): Decimal {
    const isCurrent = this.grant?.id === grantId;
    const most = isCurrent ? amount.plus(this.available) : amount;
    const kept = cost === null ? amount : cost.compare(most) > 0 ? most : cost;
    const rest = amount.minus(kept);
    if (isCurrent) {
      this.inFlight = this.inFlight.minus(amount);
      this.available = this.available.plus(rest);
      this.noteLowest();
      this.serveWaiting();
    } else if (!rest.isZero() && !rest.isNegative()) {
      this.addStray(grantId, rest);
    }
    return kept;
  }

  /** Lets go of what a call holds beyond `amount`. */
  shrink(taken: Taken, amount: Decimal): Taken {
    if (amount.compare(taken.amount) >= 0) return taken;
    const rest = taken.amount.minus(amount);
    if (this.grant?.id === taken.grantId) {
      this.inFlight = this.inFlight.minus(rest);
      this.available = this.available.plus(rest);
      this.serveWaiting();
    } else this.addStray(taken.grantId, rest);
    return { ...taken, amount };
  }

  /** What replay has to know of the grant. */
  balance(): GrantBalance | null {
    return this.grant && { grantId: this.grant.id, budgetId: this.budget.id, amount: this.available.plus(this.inFlight).toString() };
  }

  /** Whether nothing of it is left here. */
  get isEmpty(): boolean {
    return this.grant === null && this.waiting.size === 0 && this.strays.size === 0;
  }

  /** Unused for so long, milliseconds. */
  idleFor(): number {
    return this.waiting.size > 0 || !this.inFlight.isZero() ? 0 : this.options.now() - this.usedAt;
  }

  /** What to say at the renewal that is due: it gives back what was not needed during the last two spans between renewals. */
  renewal(): GrantReturn[] {
    const idle = this.lowest.compare(this.lowestBefore) < 0 ? this.lowest : this.lowestBefore;
    this.lowestBefore = this.lowest;
    const returns = this.giveBack(idle, false);
    this.lowest = this.available;
    return returns;
  }

  /** Gives back all that no call holds; `final`: no call will be opened on the grant any more. */
  giveBackAll(final: boolean): GrantReturn[] {
    const returns = this.giveBack(this.waiting.size > 0 ? Decimal.ZERO : this.available, final);
    if (final) this.dropGrant();
    return returns;
  }

  /** The server has heard of these grants at that time. */
  renewed(sentAt: number, namedGrantIds: ReadonlySet<string>, endedGrantIds: ReadonlySet<string>): void {
    if (!this.grant || !namedGrantIds.has(this.grant.id)) return;
    if (endedGrantIds.has(this.grant.id)) {
      // What no call holds goes back with the next renewal.
      this.addStray(this.grant.id, this.available);
      this.dropGrant();
    } else this.grant.renewedAt = Math.max(this.grant.renewedAt, sentAt);
  }

  /** Answers whoever still waits. */
  close(): void {
    this.waiting.settle(() => ({ error: budgetUnknown(this.budget) }));
  }

  private giveBack(idle: Decimal, final: boolean): GrantReturn[] {
    const returns = [...this.strays].map(([grantId, amount]) => this.giveBackOf(grantId, amount, true));
    this.strays.clear();
    if (!this.grant) return returns;
    const isOver = final || this.options.wallNow() >= this.grant.endsAt;
    const amount = isOver ? this.available : idle;
    this.available = this.available.minus(amount);
    this.noteLowest();
    returns.push(this.giveBackOf(this.grant.id, amount, isOver));
    if (isOver) this.dropGrant();
    return returns;
  }

  private giveBackOf(grantId: string, amount: Decimal, final: boolean): GrantReturn {
    // What replay would not know of it would give back once more.
    const isNoted = amount.isZero() || this.options.noteChange({ grantId, budgetId: this.budget.id, amount: amount.negated().toString() });
    return { grantId, amount: isNoted ? amount.toString() : '0', final };
  }

  private addStray(grantId: string, amount: Decimal): void {
    this.strays.set(grantId, amount.plus(this.strays.get(grantId) ?? Decimal.ZERO));
  }

  private dropGrant(): void {
    this.grant = null;
    this.available = this.inFlight = this.lowest = this.lowestBefore = Decimal.ZERO;
  }

  private canServe(needed: Decimal): boolean {
    const { grant } = this;
    if (!grant || this.available.compare(needed) < 0) return false;
    return this.options.now() - grant.renewedAt < RENEWED_WITHIN_MS && this.options.wallNow() < grant.endsAt;
  }

  private serve(needed: Decimal): Taken {
    this.available = this.available.minus(needed);
    this.inFlight = this.inFlight.plus(needed);
    this.noteLowest();
    return { pool: this, budgetId: this.budget.id, grantId: this.grant!.id, amount: needed };
  }

  /** A call gets less than it wishes for only where the limit is known to be near: otherwise more is asked for first. */
  private suffices({ needed, wished }: Wish): boolean {
    return this.canServe(wished) || (this.options.now() < this.shortUntil && this.canServe(needed));
  }

  /** All that is wished for, or else a quarter of what is here, so that those who come next get something too. */
  private shareOf({ needed, wished }: Wish): Decimal {
    if (this.available.compare(wished) >= 0) return wished;
    const quarter = this.available.times(Decimal.from(25n, 2));
    const most = wished.compare(quarter) < 0 ? wished : quarter;
    return most.compare(needed) < 0 ? needed : most;
  }

  private noteLowest(): void {
    if (this.available.compare(this.lowest) < 0) this.lowest = this.available;
  }

  private serveWaiting(): void {
    this.waiting.settle((call) => (this.suffices(call) ? { value: this.serve(this.shareOf(call)) } : null));
  }

  /** One question at a time, on behalf of all that wait. */
  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    // A moment's calls share the first question.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.size > 0) {
      this.serveWaiting();
      const { first } = this.waiting;
      if (first) await this.askFor(first);
    }
    this.asking = false;
  }

  private async askFor(first: WaitingCall<Taken | null>): Promise<void> {
    const { options, budget, grant } = this;
    const ahead = first.wished.times(Decimal.from(CALLS_AHEAD));
    const isUsable = this.canServe(Decimal.ZERO);
    const missing = isUsable ? first.needed.minus(this.available) : first.needed;
    const askedAt = options.now();
    let answer: AcquireResponse;
    try {
      answer = await options.acquire({
        holder: options.holder,
        budgetId: budget.id,
        organizationId: budget.organizationId,
        grantId: isUsable && grant ? grant.id : '',
        needed: (missing.isNegative() ? Decimal.ZERO : missing).toString(),
        wanted: this.waiting.wishedTotal().plus(ahead).toString(),
      });
    } catch {
      return this.close();
    }
    if (answer.notLimited) this.waiting.settle(() => ({ value: null }));
    else if (answer.granted) this.onGranted(first, answer, askedAt);
    else await this.onRefused(first, answer);
  }

  private onGranted(first: Wish, answer: AcquireResponse, askedAt: number): void {
    const amount = Decimal.parse(answer.amount);
    this.options.noteChange({ grantId: answer.grantId, budgetId: this.budget.id, amount: amount.toString() });
    if (this.grant?.id === answer.grantId) {
      this.available = this.available.plus(amount);
      this.grant.renewedAt = askedAt;
    } else {
      // What is left of a grant before it goes back with the next renewal.
      if (this.grant) this.addStray(this.grant.id, this.available);
      this.dropGrant();
      this.grant = {
        id: answer.grantId,
        endsAt: answer.resetsAt === '' ? Number.POSITIVE_INFINITY : Date.parse(answer.resetsAt),
        renewedAt: askedAt,
      };
      this.available = amount;
    }
    if (!this.canServe(first.wished)) this.shortUntil = this.options.now() + NEAR_MS;
    this.serveWaiting();
  }

  /** Calls are not turned away because others hold more than they will cost: while there is room but for holds, they wait a moment. */
  private async onRefused(first: WaitingCall<Taken | null>, answer: AcquireResponse): Promise<void> {
    this.shortUntil = this.options.now() + NEAR_MS;
    this.serveWaiting();
    if (!this.waiting.has(first)) return;
    const unspent = Decimal.parse(answer.limit || '0').minus(Decimal.parse(answer.spent || '0'));
    const fitsOnceFree = unspent.compare(first.needed) >= 0;
    const mayRest = answer.retry || fitsOnceFree;
    if (mayRest && this.options.now() - first.since < REST_MS) return void (await pause(ASK_AGAIN_MS));
    const now = this.options.now();
    this.waiting.settle(({ needed, since }) => {
      const isRefused = needed.compare(first.needed) >= 0 && (!mayRest || now - since >= REST_MS);
      return isRefused ? { error: budgetExceeded(this.budget, answer, needed.toString(), fitsOnceFree) } : null;
    });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
