import { Decimal } from '@tollgate/domain';

/** What a call cannot do without, and what it would rather have. */
export interface Wish {
  readonly needed: Decimal;
  readonly wished: Decimal;
}

/** A call that waits for room under a limit. */
export interface WaitingCall<T> extends Wish {
  /** On a clock that only goes forward, milliseconds. */
  readonly since: number;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Calls that wait for room under one limit, in the order in which they came. */
export class WaitingCalls<T> {
  private calls: WaitingCall<T>[] = [];

  get size(): number {
    return this.calls.length;
  }

  get first(): WaitingCall<T> | undefined {
    return this.calls[0];
  }

  has(call: WaitingCall<T>): boolean {
    return this.calls.includes(call);
  }

  add(wish: Wish, now: number): Promise<T> {
    return new Promise((resolve, reject) => this.calls.push({ ...wish, since: now, resolve, reject }));
  }

  /** Settles the calls that it is asked about, one after the other: with a value, an error, or not yet. */
  settle(answer: (call: WaitingCall<T>) => { readonly value: T } | { readonly error: Error } | null): void {
    if (this.calls.length === 0) return;
    const left: WaitingCall<T>[] = [];
    for (const call of this.calls) {
      const settled = answer(call);
      if (settled === null) left.push(call);
      else if ('error' in settled) call.reject(settled.error);
      else call.resolve(settled.value);
    }
    this.calls = left;
  }

  wishedTotal(): Decimal {
    return Decimal.sum(this.calls.map(({ wished }) => wished));
  }
}
