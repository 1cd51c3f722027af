import { describe, expect, it } from 'vitest';
import type { Producer } from '../track-producers/read-producers';
import { monthFinality } from './month-finality';

const producer = (completeUntil: number, gap = ''): Producer => ({ id: 'p1', epoch: 1, contiguousTo: 5n, completeUntil, gap });
// Berlin leaves summer time on 25 October 2026: its October ends at 23:00 UTC on the 31st.
const END = Date.parse('2026-10-31T23:00:00Z');
const month = { period: '2026-10', timeZone: 'Europe/Berlin', graceHours: 72 };
const GRACE_ENDS = Date.parse('2026-11-03T23:00:00Z');

describe('a month', () => {
  it.each<[string, Producer[], number, boolean, string]>([
    [
      'is not final before it has ended in the organisation’s zone',
      [producer(END)],
      END - 1,
      false,
      'The month ends at 2026-10-31T23:00:00.000Z',
    ],
    ['waits for the grace time', [producer(END)], GRACE_ENDS - 1, false, 'Late usage is waited for until 2026-11-03T23:00:00.000Z'],
    ['is final when every producer has arrived past its end', [producer(END), producer(Infinity)], GRACE_ENDS, true, ''],
    ['is final where nobody ever produced', [], GRACE_ENDS, true, ''],
    [
      'waits for a producer that is behind, naming it and how far it is',
      [producer(END), producer(END - 1, 'Epoch 1 was never closed; 1 to 7 have arrived')],
      GRACE_ENDS,
      false,
      'Usage of the month may still be missing: producer p1 has arrived until 2026-10-31T22:59:59.999Z (Epoch 1 was never closed; 1 to 7 have arrived)',
    ],
    [
      'waits for a producer of which nothing is certain',
      [producer(-Infinity)],
      GRACE_ENDS,
      false,
      'Usage of the month may still be missing: producer p1 has not shown how far it has arrived',
    ],
  ])('%s', (_, producers, now, final, reason) => {
    expect(monthFinality(month, producers, now)).toEqual({ final, reason });
  });
});
