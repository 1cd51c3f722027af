import type { SystemUnderTest } from './system-under-test';
import { pick } from './seeded-random';

const LEAST_PAUSE_MS = 1_000;
const SPREAD_MS = 2_000;

/** Ends a random service process every 1 to 3 s until `running` says no more. Returns who was ended how often. */
export async function killRandomly(system: SystemUnderTest, random: () => number, running: () => boolean): Promise<Map<string, number>> {
  const killed = new Map<string, number>();
  while (running()) {
    await new Promise((resume) => setTimeout(resume, LEAST_PAUSE_MS + random() * SPREAD_MS));
    const alive = system.processes();
    if (!running() || alive.length === 0) continue;
    const target = pick(random, alive);
    system.kill(target);
    killed.set(target.name, (killed.get(target.name) ?? 0) + 1);
  }
  return killed;
}
