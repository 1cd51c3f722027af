import type { AcquireRequest, AcquireResponse, Budget, GrantReturn } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { GrantBalance } from '../spool/segment-head';
import { budgetExceeded, budgetUnknown } from './budget-problems';

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

interface Waiting {
  readonly needed: Decimal;
  readonly resolve: (taken: Taken | null) => void;
  readonly reject: (error: Error) => void;
  readonly since: number;
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
  private waiting: Waiting[] = [];
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

  /** Holds that much: at once when it is here, else when it is granted. Null: the budget limits nothing any more. Rejects with a Problem. */
  take(needed: Decimal): Taken | Promise<Taken | null> {
    this.usedAt = this.options.now();
    if (this.canServe(needed)) return this.serve(needed);
    return new Promise((resolve, reject) => {
      this.waiting.push({ needed, resolve, reject, since: this.options.now() });
      void this.ask();
    });
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

  /** What replay has to know of the grant. */
  balance(): GrantBalance | null {
    return this.grant && { grantId: this.grant.id, budgetId: this.budget.id, amount: this.available.plus(this.inFlight).toString() };
  }

  /** Whether nothing of it is left here. */
  get isEmpty(): boolean {
    return this.grant === null && this.waiting.length === 0 && this.strays.size === 0;
  }

  /** Unused for so long, milliseconds. */
  idleFor(): number {
    return this.waiting.length > 0 || !this.inFlight.isZero() ? 0 : this.options.now() - this.usedAt;
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
    const returns = this.giveBack(this.waiting.length > 0 ? Decimal.ZERO : this.available, final);
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
    for (const waiting of this.waiting.splice(0)) waiting.reject(budgetUnknown(this.budget));
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

  private noteLowest(): void {
    if (this.available.compare(this.lowest) < 0) this.lowest = this.available;
  }

  private serveWaiting(): void {
    if (this.waiting.length === 0) return;
    const left: Waiting[] = [];
    for (const waiting of this.waiting) {
      if (this.canServe(waiting.needed)) waiting.resolve(this.serve(waiting.needed));
      else left.push(waiting);
    }
    this.waiting = left;
  }

  /** One question at a time, on behalf of all that wait. */
  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    // A moment's calls share the first question.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      this.serveWaiting();
      const [first] = this.waiting;
      if (first) await this.askFor(first);
    }
    this.asking = false;
  }

  private async askFor(first: Waiting): Promise<void> {
    const { options, budget, grant } = this;
    const all = Decimal.sum(this.waiting.map(({ needed }) => needed));
    const ahead = first.needed.times(Decimal.from(CALLS_AHEAD));
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
        wanted: all.plus(ahead).toString(),
      });
    } catch {
      for (const waiting of this.waiting.splice(0)) waiting.reject(budgetUnknown(budget));
      return;
    }
    if (answer.notLimited) for (const waiting of this.waiting.splice(0)) waiting.resolve(null);
    else if (answer.granted) this.onGranted(answer, askedAt);
    else await this.onRefused(first, answer);
  }

  private onGranted(answer: AcquireResponse, askedAt: number): void {
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
    this.serveWaiting();
  }

  /** Calls are not turned away because others hold more than they will cost: while there is room but for holds, they wait a moment. */
  private async onRefused(first: Waiting, answer: AcquireResponse): Promise<void> {
    const unspent = Decimal.parse(answer.limit || '0').minus(Decimal.parse(answer.spent || '0'));
    const fitsOnceFree = unspent.compare(first.needed) >= 0;
    const mayRest = answer.retry || fitsOnceFree;
    if (mayRest && this.options.now() - first.since < REST_MS) return void (await pause(ASK_AGAIN_MS));
    const now = this.options.now();
    const isRefused = ({ needed, since }: Waiting) => needed.compare(first.needed) >= 0 && (!mayRest || now - since >= REST_MS);
    const refused = this.waiting.filter(isRefused);
    this.waiting = this.waiting.filter((waiting) => !refused.includes(waiting));
    for (const waiting of refused) waiting.reject(budgetExceeded(this.budget, answer, waiting.needed.toString(), fitsOnceFree));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
