import { describe, expect, it } from 'vitest';
import { RecentAnswers } from './recent-answers';

describe('recent answers', () => {
  it('are asked for once while they are fresh, and again from that moment on', async () => {
    const recent = new RecentAnswers<number>(2_000, 10);
    let asked = 0;
    const ask = () => Promise.resolve((asked += 1));
    expect(await Promise.all([recent.get('a', 0, ask), recent.get('a', 0, ask), recent.get('a', 1_999, ask)])).toEqual([1, 1, 1]);
    expect(await recent.get('a', 2_000, ask)).toBe(2);
  });

  it('are not kept when nobody could answer', async () => {
    const recent = new RecentAnswers<string>(2_000, 10);
    await expect(recent.get('a', 0, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await recent.get('a', 1, () => Promise.resolve('here'))).toBe('here');
  });

  it('are bounded: the oldest goes first', async () => {
    const recent = new RecentAnswers<string>(2_000, 2);
    for (const key of ['a', 'b', 'c']) await recent.get(key, 0, () => Promise.resolve(key));
    expect(recent.size).toBe(2);
    expect(await recent.get('c', 1, () => Promise.resolve('asked again'))).toBe('c');
    expect(await recent.get('a', 1, () => Promise.resolve('asked again'))).toBe('asked again');
  });
});
