import { judgeBooks } from './judge-books';
import { killRandomly } from './kill-randomly';
import { seededRandom } from './seeded-random';
import { SystemUnderTest } from './system-under-test';
import { newChaosTenant, PROJECTS } from './tenant';
import { sendTraffic } from './traffic';

const WITHIN_MS = 240_000;
const PARALLEL = 16;
const SETTLE_MS = 3_000;
/** Stretches the traffic over many kills. */
const PAUSE_MS = 100;

/** Whether the books were right; printed on the way. */
export async function crashRun(seed: number, total: number, copies: number): Promise<boolean> {
  console.log(`seed ${seed}: ${total} calls and events, ${copies} process(es) of each service, one killed every few seconds`);
  const system = await SystemUnderTest.start(copies);
  let good = false;
  try {
    const { key } = await newChaosTenant(system);
    await new Promise((resume) => setTimeout(resume, SETTLE_MS));
    const random = seededRandom(seed);
    let running = true;
    const killing = killRandomly(system, seededRandom(seed + 1_000_003), () => running);
    const traffic = await sendTraffic({
      ingressUrls: system.record.ingressUrls,
      key,
      total,
      parallel: PARALLEL,
      random,
      projects: PROJECTS,
      name: `seed-${seed}`,
      pauseMs: PAUSE_MS,
      withinMs: WITHIN_MS,
    });
    running = false;
    const killed = await killing;
    console.log(`killed: ${[...killed].map(([name, times]) => `${name} × ${times}`).join(', ')}`);
    console.log(
      `answers: ${[...traffic.statuses]
        .sort(([a], [b]) => a - b)
        .map(([status, times]) => `${status} × ${times}`)
        .join(', ')}; broken connections: ${traffic.broken}`,
    );
    if (traffic.serverErrors > 0) console.log(`answers of 5xx: ${traffic.serverErrors}, the first: ${traffic.firstServerError}`);
    good = (await judgeBooks(system, traffic.events)).ok;
    return good;
  } finally {
    await system.stop(!good);
    if (!good) console.log(`kept for a look: ${system.folder}`);
  }
}
