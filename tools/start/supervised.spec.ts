import { describe, expect, it, vi } from 'vitest';
import { Supervised, type Running } from './supervised';

/** A program that runs until told otherwise. */
class Program implements Running {
  readonly exited: Promise<void>;
  stopped = false;
  end!: () => void;
  constructor(readonly pid: number) {
    this.exited = new Promise((resolve) => (this.end = resolve));
  }
  async stop(): Promise<void> {
    this.stopped = true;
    this.end();
  }
}

function supervise(starts: () => Promise<Running>) {
  const said: string[] = [];
  return { said, supervised: new Supervised('pricing', starts, { started: () => undefined, ended: (text) => said.push(text) }) };
}

describe('a supervised program', () => {
  it('comes back when it ends, later each time that it does not stay up', async () => {
    vi.useFakeTimers();
    const programs: Program[] = [];
    const { supervised, said } = supervise(async () => {
      const program = new Program(programs.length + 1);
      programs.push(program);
      return program;
    });
    await supervised.up();
    programs[0]?.end();
    await vi.advanceTimersByTimeAsync(499);
    expect(supervised.pid).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(supervised.pid).toBe(2);
    programs[1]?.end();
    await vi.advanceTimersByTimeAsync(999);
    expect(supervised.pid).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(supervised.pid).toBe(3);
    // One that stayed up for half a minute begins anew with the shortest pause.
    await vi.advanceTimersByTimeAsync(30_001);
    programs[2]?.end();
    await vi.advanceTimersByTimeAsync(500);
    expect(supervised.pid).toBe(4);
    expect(said).toEqual([0.5, 1, 0.5].map((seconds) => `pricing ended; it is started again in ${seconds} s`));
    await supervised.down();
    vi.useRealTimers();
  });

  it('stays down once it is told to, also between two tries', async () => {
    const programs: Program[] = [];
    const { supervised } = supervise(async () => {
      const program = new Program(programs.length + 1);
      programs.push(program);
      return program;
    });
    await supervised.up();
    programs[0]?.end();
    await supervised.down();
    expect(programs).toHaveLength(1);
    await supervised.up();
    await supervised.down();
    expect(programs[1]?.stopped).toBe(true);
  });

  it('goes on trying when a start fails, and says so', async () => {
    vi.useFakeTimers();
    let tries = 0;
    const first = new Program(1);
    const { supervised, said } = supervise(async () => {
      tries += 1;
      if (tries === 2) throw new Error('no such file');
      return tries === 1 ? first : new Program(tries);
    });
    await supervised.up();
    first.end();
    await vi.advanceTimersByTimeAsync(500 + 1_000);
    expect(supervised.pid).toBe(3);
    expect(said[1]).toBe('pricing cannot be started (no such file); next try in 1 s');
    await supervised.down();
    vi.useRealTimers();
  });

  it('tells whoever starts it when the first start fails', async () => {
    const { supervised } = supervise(async () => Promise.reject(new Error('no such file')));
    await expect(supervised.up()).rejects.toThrow('no such file');
  });
});
