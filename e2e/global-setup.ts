import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, projectRoot } from '@tollgate/testing';
import type { TestProject } from 'vitest/node';
import type { RunningSystem } from './system';
import { startTraceCollector } from './trace-collector';

const UP_WITHIN_MS = 180_000;
const DOWN_WITHIN_MS = 40_000;

/** Starts the whole system once for all scenarios, as `npm start -- --no-demo --copies 2` would, on a data folder and ports of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tollgate-e2e-'));
  chmodSync(dataDir, 0o755);
  const traces = await startTraceCollector(join(dataDir, 'traces.bin'));
  const ports = [await freePort(), await freePort()];
  const args = [
    '--no-demo',
    '--copies',
    '2',
    '--data-dir',
    dataDir,
    '--ingress-port',
    String(ports[0]),
    '--console-port',
    String(ports[1]),
  ];
  const child = spawn(process.execPath, [join(projectRoot(), 'dist/tools/start/main.js'), ...args], {
    cwd: projectRoot(),
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: traces.url, OTEL_BSP_SCHEDULE_DELAY: '500' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      const gone = new Promise((resume) => child.once('exit', resume));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), DOWN_WITHIN_MS);
      await gone;
      clearTimeout(timer);
    }
    traces.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };

  const deadline = Date.now() + UP_WITHIN_MS;
  const devFile = join(dataDir, 'dev.json');
  while (!existsSync(devFile)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`the system did not come up:\n${output.slice(-5000)}`);
    }
    await new Promise((resume) => setTimeout(resume, 200));
  }
  const dev = JSON.parse(readFileSync(devFile, 'utf8')) as Pick<RunningSystem, 'ingressUrl' | 'consoleUrl' | 'operatorKey'>;
  const record = JSON.parse(readFileSync(join(dataDir, 'system.json'), 'utf8')) as Omit<RunningSystem, 'dataDir' | keyof typeof dev>;
  project.provide('tollgate', { ...dev, ...record, dataDir });
  return stop;
}
