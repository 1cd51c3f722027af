/** Tells the time. Injected wherever a rule depends on it, so that the rule can be tested on any date. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. */
  now(): number;
}

/** Nest's injection token of the `Clock`. */
export const CLOCK = Symbol('CLOCK');

/** The machine's own clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }
}
