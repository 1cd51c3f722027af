import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@tollgate/testing';
import { countCheck, countVitest, runStage, type TestCount, type TestStage } from './test-stage';

const MINUTE_MS = 60_000;

/** `npm test`: the check, then integration specs on real servers, then scenarios on the whole system. All of them run, also after a failure; the last line
 * sums up. */
async function main(): Promise<void> {
  const reports = join(projectRoot(), '.nx', 'test-reports');
  mkdirSync(reports, { recursive: true });
  let sum: TestCount = { passed: 0, failed: 0 };
  for (const stage of stages(reports)) {
    const began = Date.now();
    console.log(`\n── ${stage.name} ──\n`);
    const count = await runStage(stage);
    console.log(`\n${stage.name}: ${count.passed} passed, ${count.failed} failed (${((Date.now() - began) / 1_000).toFixed(0)} s)`);
    sum = { passed: sum.passed + count.passed, failed: sum.failed + count.failed };
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);
}

function stages(reports: string): TestStage[] {
  const check = join(reports, 'check.json');
  const vitest = (name: string, project: string, timeoutMs: number): TestStage => {
    const reportFile = join(reports, `${project}.json`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
    return {
      name,
      args: ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters],
      reportFile,
      timeoutMs,
      count: countVitest,
    };
  };
  return [
    { name: 'check', args: ['tools/guards/check.mjs', '--report', check], reportFile: check, timeoutMs: 6 * MINUTE_MS, count: countCheck },
    vitest('integration', 'int', 8 * MINUTE_MS),
    vitest('scenarios', 'e2e', 8 * MINUTE_MS),
  ];
}

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(signal, () => process.exit(1));
void main();
