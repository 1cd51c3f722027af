import { RatingError } from './price';

const LIST = /^[1-7](?:,[1-7])*$/;
const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday, ISO weekday 4. */
const EPOCH_WEEKDAY = 4;

/** Compiles a list of ISO weekdays in UTC (1 is Monday), such as `6,7`, into a test of an instant. Throws RatingError for anything else. */
export function weekdays(list: string): (epochMs: number) => boolean {
  if (!LIST.test(list)) throw new RatingError(`The price condition weekdays needs ISO weekdays such as 6,7, not ${JSON.stringify(list)}`);
  const days = new Set(list.split(',').map(Number));
  return (epochMs) => {
    const sinceMonday = (Math.floor(epochMs / DAY_MS) + EPOCH_WEEKDAY - 1) % 7;
    return days.has(((sinceMonday + 7) % 7) + 1);
  };
}
