import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countCheck, countVitest, runStage } from './test-stage';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-stage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what npm test counts', () => {
  it('adds a spec file that failed before its first test', () => {
    const passed = { status: 'passed' };
    const failed = { status: 'failed' };
    const testResults = [
      { status: 'passed', assertionResults: [passed, passed] },
      { status: 'failed', assertionResults: [passed, failed] },
      { status: 'failed', assertionResults: [] },
    ];
    expect(countVitest({ numPassedTests: 3, numFailedTests: 1, testResults })).toEqual({ passed: 3, failed: 2 });
  });

  it('counts unit tests one by one and every other step as one', () => {
    const steps = [
      { name: 'unit tests', passed: true },
      { name: 'lint', passed: true },
      { name: 'types', passed: false },
    ];
    expect(countCheck({ steps, tests: { passed: 40, failed: 0 } })).toEqual({ passed: 41, failed: 1 });
  });

  it('counts a run of unit tests that broke off as a failure', () => {
    expect(countCheck({ steps: [{ name: 'unit tests', passed: false }], tests: { passed: 40, failed: 0 } })).toEqual({
      passed: 40,
      failed: 1,
    });
  });
});

describe('a stage', () => {
  const stage = (script: string, timeoutMs = 10_000) => ({
    name: 'stage',
    args: ['-e', script],
    reportFile: join(folder, 'report.json'),
    timeoutMs,
    count: (report: unknown) => report as { passed: number; failed: number },
  });
  const report = `require('fs').writeFileSync(${JSON.stringify(join(folder, 'report.json'))}, '{"passed":2,"failed":0}')`;

  it('that ends well counts what it reports', async () => {
    expect(await runStage(stage(report))).toEqual({ passed: 2, failed: 0 });
  });

  it('that fails without a failing test, or without a report, is a failure', async () => {
    expect(await runStage(stage(`${report}; process.exit(3)`))).toEqual({ passed: 2, failed: 1 });
    expect(await runStage(stage('process.exit(3)'))).toEqual({ passed: 0, failed: 1 });
  });

  it('that takes too long is stopped and is a failure', async () => {
    expect(await runStage(stage('setInterval(() => undefined, 1000)', 300))).toEqual({ passed: 0, failed: 1 });
  });
});
