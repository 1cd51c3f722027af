import type { Conditions } from './model-name';

interface Window {
  readonly hours_utc: string | readonly string[];
  readonly weekdays?: readonly string[];
}

/**
 * The times at which an off-peak price holds, one set of conditions for each span: hours and ISO weekdays (1 is Monday), both UTC. A window of another
 * zone's weekdays is left out, so that those hours cost the full price: too dear rather than wrong by a guess.
 */
export function offPeakConditions(pricing: unknown): Conditions[] {
  if (typeof pricing !== 'object' || pricing === null || 'weekday_timezone' in pricing) return [];
  const windows = (pricing as { windows?: readonly Window[] }).windows ?? [];
  return windows.flatMap(({ hours_utc, weekdays }) =>
    (typeof hours_utc === 'string' ? [hours_utc] : hours_utc).map((span): Conditions => {
      const days: Conditions = weekdays ? { weekdays: weekdays.join(',') } : {};
      // 00:00-00:00 is the whole day.
      return span === '00:00-00:00' ? days : { time_of_day: span, ...days };
    }),
  );
}
