import { execFile } from 'node:child_process';

/** What a load run found; latencies in ms. */
export interface LoadResult {
  calls: number;
  callsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  failures: number;
}

/** A bounded load on one URL of this machine: so many connections for so many seconds, in a process of its own. */
export interface Load {
  url: string;
  connections: number;
  seconds: number;
  headers: Record<string, string>;
  body: string;
}

interface AutocannonReport {
  requests: { total: number; average: number };
  latency: { p50: number; p99: number };
  '2xx': number;
  non2xx: number;
  errors: number;
}

/** Runs the load with autocannon. Refuses any address but this machine's. */
export function runLoad(load: Load): Promise<LoadResult> {
  if (!/^http:\/\/127\.0\.0\.1[:/]/.test(load.url)) throw new Error(`load goes to 127.0.0.1 only, not to ${load.url}`);
  const headers = Object.entries(load.headers).flatMap(([name, value]) => ['-H', `${name}=${value}`]);
  const args = [
    '-c',
    String(load.connections),
    '-d',
    String(load.seconds),
    '-m',
    'POST',
    '-b',
    load.body,
    '--json',
    '--no-progress',
    ...headers,
    load.url,
  ];
  const autocannon = require.resolve('autocannon');
  return new Promise((done, fail) => {
    execFile(process.execPath, [autocannon, ...args], { maxBuffer: 1 << 24, timeout: (load.seconds + 30) * 1000 }, (error, stdout) => {
      if (error) return fail(error);
      const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as AutocannonReport;
      done({
        calls: report['2xx'],
        callsPerSecond: report['2xx'] / load.seconds,
        p50Ms: report.latency.p50,
        p99Ms: report.latency.p99,
        failures: report.non2xx + report.errors,
      });
    });
  });
}
