import { RatingError } from './price';
import { weekdays } from './weekdays';

/** What is known of a call when a price is looked for. */
export interface RatedCall {
  /** Service tier, region, image size … as the adapter or the reporter named them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Tokens read, of every kind: what context thresholds are compared with. */
  readonly inputTokens: bigint;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
}

/** One condition of a price, compiled. */
export interface Condition {
  readonly name: string;
  readonly holds: (call: RatedCall) => boolean;
  /** The number of input tokens from which a context condition holds. */
  readonly fromInputTokens?: bigint;
  /** The attribute that must have a certain value. */
  readonly attribute?: { readonly name: string; readonly value: string };
}

const WHOLE = /^(?:0|[1-9][0-9]{0,17})$/;
const SPAN = /^([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])$/;
const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;

/**
 * Compiles one condition. Four names compute; any other asks for that value of the attribute of its name.
 * - `min_input_tokens: n`: the call read at least n tokens. It is a property of the whole call, so every unit is priced anew.
 * - `min_input_tokens_above: n`: the call read more than n tokens.
 * - `time_of_day: HH:MM-HH:MM`: UTC, half-open, may wrap around midnight.
 * - `weekdays: 1,2,3`: ISO days of the week (1 is Monday) in UTC.
 * Throws RatingError for a malformed value, and for an unknown name about tokens: read as an attribute it would silently never hold.
 */
export function compileCondition(name: string, value: string): Condition {
  switch (name) {
    case 'min_input_tokens':
      return contextCondition(name, wholeNumber(name, value));
    case 'min_input_tokens_above':
      return contextCondition(name, wholeNumber(name, value) + 1n);
    case 'time_of_day':
      return { name, holds: timeOfDay(value) };
    case 'weekdays': {
      const isDay = weekdays(value);
      return { name, holds: (call) => isDay(call.occurredAt) };
    }
    default:
      if (name.includes('token')) throw new RatingError(`Unknown price condition ${name}`);
      return { name, attribute: { name, value }, holds: (call) => call.attributes[name] === value };
  }
}

function contextCondition(name: string, fromInputTokens: bigint): Condition {
  return { name, fromInputTokens, holds: (call) => call.inputTokens >= fromInputTokens };
}

function wholeNumber(name: string, value: string): bigint {
  if (!WHOLE.test(value)) throw new RatingError(`The price condition ${name} needs a whole number, not ${JSON.stringify(value)}`);
  return BigInt(value);
}

function timeOfDay(value: string): (call: RatedCall) => boolean {
  const match = SPAN.exec(value);
  if (!match) throw new RatingError(`The price condition time_of_day needs HH:MM-HH:MM in UTC, not ${JSON.stringify(value)}`);
  const from = Number(match[1]) * 60 + Number(match[2]);
  const to = Number(match[3]) * 60 + Number(match[4]);
  return (call) => {
    const minutes = Math.floor(call.occurredAt / MINUTE_MS);
    const minute = ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
    return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  };
}
