import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { projectRoot } from '@tollgate/testing';

/** One part of `npm test`: a command, the report that it writes, and how to read that. */
export interface TestStage {
  readonly name: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
  readonly reportFile: string;
  readonly timeoutMs: number;
  count(report: unknown): TestCount;
}

/** How many tests and checks passed and failed. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

/** What vitest's JSON reporter writes, as far as it is read. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly { readonly status: string }[] }[];
}

/** Counts a vitest run; a spec file that failed before its first test counts as one failure. */
export function countVitest(report: unknown): TestCount {
  const { numPassedTests, numFailedTests, testResults } = report as VitestReport;
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/** Counts what tools/guards/check.mjs reports: its unit tests one by one, every other step as one. */
export function countCheck(report: unknown): TestCount {
  const { steps, tests } = report as { steps: readonly { name: string; passed: boolean }[]; tests: TestCount };
  const unitFailed = Math.max(tests.failed, steps.some(({ name, passed }) => name === 'unit tests' && !passed) ? 1 : 0);
  const others = steps.filter(({ name }) => name !== 'unit tests');
  const othersFailed = others.filter(({ passed }) => !passed).length;
  return { passed: tests.passed + others.length - othersFailed, failed: unitFailed + othersFailed };
}

/** Runs a stage to its end, its output going straight to the terminal. One that fails without a failing test, says nothing, or takes too long counts as one
 * failure. */
export async function runStage(stage: TestStage): Promise<TestCount> {
  rmSync(stage.reportFile, { force: true });
  const child = spawn(process.execPath, [...stage.args], {
    cwd: projectRoot(),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  const stopToo = (): void => void child.kill('SIGTERM');
  process.once('exit', stopToo);
  const timer = setTimeout(() => {
    console.error(`\n✗ ${stage.name} is not done after ${stage.timeoutMs / 60_000} minutes and is stopped`);
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 30_000).unref();
  }, stage.timeoutMs);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  process.off('exit', stopToo);
  const count = existsSync(stage.reportFile) ? stage.count(JSON.parse(readFileSync(stage.reportFile, 'utf8'))) : { passed: 0, failed: 0 };
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}
