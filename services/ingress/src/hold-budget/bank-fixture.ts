import type { AcquireRequest, AcquireResponse } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';

export const d = (text: string) => Decimal.parse(text);

/** A budget's own side of the bargain: it grants what fits, and knows what is out. */
export class Bank {
  asks: AcquireRequest[] = [];
  held = Decimal.ZERO;
  spent = Decimal.ZERO;
  resetsAt = '';
  down = false;
  grants = 0;
  extra = true;
  constructor(readonly limit: Decimal) {}
  readonly acquire = async (ask: AcquireRequest): Promise<AcquireResponse> => {
    this.asks.push(ask);
    await Promise.resolve();
    if (this.down) throw new Error('down');
    const free = this.limit.minus(this.spent).minus(this.held);
    const needed = d(ask.needed);
    const fits = free.compare(needed) >= 0;
    const wanted = d(ask.wanted);
    const amount = !this.extra || wanted.compare(free) > 0 ? needed : wanted;
    if (fits) this.held = this.held.plus(amount);
    if (fits && ask.grantId === '') this.grants += 1;
    return {
      granted: fits,
      grantId: fits ? ask.grantId || `g${this.grants}` : '',
      amount: fits ? amount.toString() : '0',
      limit: this.limit.toString(),
      spent: this.spent.toString(),
      held: this.held.toString(),
      resetsAt: this.resetsAt,
      periodStart: '',
      notLimited: false,
      retry: false,
      name: 'all',
    };
  };
}
