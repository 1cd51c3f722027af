import { describe, expect, it } from 'vitest';
import { MAX_TRIES, nextTryAt } from './retry-schedule';

describe('the schedule of tries', () => {
  it('makes ten tries over about 75 hours', () => {
    let at = 0;
    let tries = 1;
    for (let next = nextTryAt(tries, at, 0.5); next !== null; next = nextTryAt(tries, at, 0.5)) {
      at = next;
      tries += 1;
    }
    expect(tries).toBe(10);
    expect(MAX_TRIES).toBe(10);
    // 5 s + 5 min + 30 min + (2 + 5 + 10 + 14 + 20 + 24) h = 5 s + 35 min + 75 h
    expect(at).toBe(5_000 + 35 * 60_000 + 75 * 3_600_000);
  });
  it('varies each pause by a tenth', () => {
    expect(nextTryAt(1, 1_000, 0)).toBe(1_000 + 4_500);
    expect(nextTryAt(2, 0, 1)).toBe(330_000);
  });
  it('gives up after the last try', () => {
    expect(nextTryAt(10, 0, 0.5)).toBeNull();
  });
});
