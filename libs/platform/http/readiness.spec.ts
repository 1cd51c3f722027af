import { describe, expect, it } from 'vitest';
import { Readiness } from './readiness';

describe('readiness', () => {
  it('asks every part and names the ones that are away', async () => {
    const readiness = new Readiness();
    expect(await readiness.state()).toEqual({ ready: true, checks: {} });
    readiness.add('good', () => true);
    expect((await readiness.state()).ready).toBe(true);
    readiness.add('bad', () => Promise.resolve(false));
    readiness.add('throws', () => {
      throw new Error('away');
    });
    readiness.add('hangs', () => new Promise(() => undefined));
    expect(await readiness.state()).toEqual({ ready: false, checks: { good: true, bad: false, throws: false, hangs: false } });
  });
  it('is over once the process drains', async () => {
    const readiness = new Readiness();
    readiness.drain();
    expect(await readiness.state()).toEqual({ ready: false, checks: { accepting: false } });
  });
});
