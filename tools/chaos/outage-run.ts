import { judgeBooks } from './judge-books';
import { seededRandom } from './seeded-random';
import { SystemUnderTest } from './system-under-test';
import { newChaosTenant, PROJECTS } from './tenant';
import { sendTraffic, type TrafficReport } from './traffic';

const OUTAGE_MS = 30_000;
const AROUND_MS = 8_000;
const PARALLEL = 4;

/** Takes Kafka away for 30 s, then PostgreSQL, under traffic: calls must go on being answered, and nothing may be lost. */
export async function outageRun(seed: number): Promise<boolean> {
  const system = await SystemUnderTest.start(1);
  let good = true;
  try {
    const { key } = await newChaosTenant(system);
    await new Promise((resume) => setTimeout(resume, 3_000));
    const events: TrafficReport['events'] = [];
    for (const [name, without] of [
      ['Kafka', (work: () => Promise<void>) => system.withoutKafka(work)],
      ['PostgreSQL', (work: () => Promise<void>) => system.withoutPostgres(work)],
    ] as const) {
      const traffic = sendTraffic({
        ingressUrls: system.record.ingressUrls,
        key,
        total: 1_000_000,
        parallel: PARALLEL,
        random: seededRandom(seed),
        projects: PROJECTS,
        name: `without-${name}`,
        withinMs: OUTAGE_MS + 2 * AROUND_MS,
        pauseMs: 20,
      });
      await new Promise((resume) => setTimeout(resume, AROUND_MS));
      await without(() => new Promise((resume) => setTimeout(resume, OUTAGE_MS)));
      const report = await traffic;
      events.push(...report.events);
      console.log(
        `${name} away for ${OUTAGE_MS / 1000} s: ${[...report.statuses].map(([status, times]) => `${status} × ${times}`).join(', ')}; broken connections: ${report.broken}`,
      );
      if (report.serverErrors > 0) console.log(`  answers of 5xx: ${report.serverErrors}, the first: ${report.firstServerError}`);
      good = (await judgeBooks(system, events)).ok && report.serverErrors === 0 && report.broken === 0 && good;
    }
    return good;
  } finally {
    await system.stop(!good);
    if (!good) console.log(`kept for a look: ${system.folder}`);
  }
}
