import type { Clock } from '@tollgate/platform/config';
import type { Dispatcher } from 'undici';
import type { Outcome } from '@tollgate/contracts';
import type { AcceptedCall, CallEnd } from '../spool/usage-codec';
import type { Spool } from '../spool/spool';
import type { ProviderCall } from './provider-call';

/** How long a provider may take, in milliseconds. */
export interface CallLimits {
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

/** What is counted of calls. */
export interface CallMetrics {
  onCall(provider: string, outcome: Outcome, latencyMs: number): void;
}

export interface CallEnvironmentOptions {
  readonly spool: Spool;
  readonly agent: Pick<Dispatcher, 'dispatch'>;
  readonly clock: Clock;
  readonly limits: CallLimits;
  readonly metrics: CallMetrics;
  readonly onError: (error: Error) => void;
}

const CHECK_EVERY_MS = 1_000;

/** What all calls share, and the calls under way. */
export class CallEnvironment {
  readonly spool: Spool;
  readonly agent: Pick<Dispatcher, 'dispatch'>;
  readonly clock: Clock;
  readonly limits: CallLimits;
  readonly metrics: CallMetrics;
  readonly inFlight = new Set<ProviderCall>();
  private readonly timer: NodeJS.Timeout;
  private starting: ProviderCall[] = [];
  private readonly checkStarts = () => {
    const starting = this.starting;
    this.starting = [];
    for (const call of starting) call.noteIfHeld();
  };

  constructor(private readonly options: CallEnvironmentOptions) {
    ({ spool: this.spool, agent: this.agent, clock: this.clock, limits: this.limits, metrics: this.metrics } = options);
    this.timer = setInterval(() => this.checkTimes(), CHECK_EVERY_MS).unref();
  }

  /**
   * Writes a call's record, then goes on. If even the spool's reserve is of no use, the answer leaves all the same: its intent is on the disk, and replay
   * makes an estimate. What fails on one call's behalf does not reach another's.
   */
  finish(call: AcceptedCall, end: CallEnd, next: () => void, onFailure: () => void): void {
    this.spool.finish(call, end, (error) => {
      if (error) this.options.onError(error);
      try {
        next();
      } catch (failure) {
        this.options.onError(failure as Error);
        onFailure();
      }
    });
  }

  /** Looks, a turn of the event loop later, whether the call has left. As a rule it has. */
  watchStart(call: ProviderCall): void {
    this.starting.push(call);
    if (this.starting.length === 1) setImmediate(this.checkStarts);
  }

  /** Waits until no call is under way, at most so long; what is left then is ended. */
  async drain(timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (this.inFlight.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const call of [...this.inFlight]) call.end('shutdown');
    clearInterval(this.timer);
    this.spool.flushNow();
  }

  private checkTimes(): void {
    const now = performance.now();
    for (const call of this.inFlight) call.checkTime(now);
  }
}
