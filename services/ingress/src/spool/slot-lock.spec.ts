import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SlotLock } from './slot-lock';
import { withFolder } from './spool-fixture';

const PROGRAM = `
  const { SlotLock } = await import(process.argv[1]);
  process.stdout.write(SlotLock.tryTake(process.argv[2]) ? 'taken' : 'refused');
  setInterval(() => undefined, 1000);`;

/** A process of its own that tries to take the slot, says whether it got it, and stays. */
async function contender(folder: string) {
  const child = spawn(process.execPath, [
    '--no-warnings',
    '--experimental-transform-types',
    '--input-type=module',
    '-e',
    PROGRAM,
    join(__dirname, 'slot-lock.ts'),
    folder,
  ]);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { got: said.toString(), kill };
}

describe('a slot', () => {
  it('has one holder at a time, also within a process', async () => {
    await withFolder((folder) => {
      const lock = SlotLock.tryTake(folder);
      expect(lock).not.toBeNull();
      expect(SlotLock.tryTake(folder)).toBeNull();
      lock!.release();
      const again = SlotLock.tryTake(folder);
      expect(again).not.toBeNull();
      again!.release();
    });
  });

  it('is free the moment its process is killed, and never has two of those that come for it', async () => {
    await withFolder(async (folder) => {
      const first = await contender(folder);
      expect(first.got).toBe('taken');
      expect(SlotLock.tryTake(folder)).toBeNull();
      await first.kill();
      const rivals = await Promise.all([contender(folder), contender(folder), contender(folder)]);
      expect(rivals.filter(({ got }) => got === 'taken').length).toBeLessThanOrEqual(1);
      await Promise.all(rivals.map((rival) => rival.kill()));
      const lock = SlotLock.tryTake(folder);
      expect(lock).not.toBeNull();
      lock!.release();
    });
  });

  it('does not exist without its folder', () => {
    expect(SlotLock.tryTake('/nonexistent/slot')).toBeNull();
  });
});
