import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort, projectRoot } from '@tollgate/testing';
import { SystemUnderTest } from '../chaos/system-under-test';
import { askFrontDoor, newBenchTenant } from './bench-tenant';
import { runLoad, type LoadResult } from './http-load';
import { median, spread } from './median';
import { cpuMsOf, residentMbOf } from './process-cpu';

const CONSUMERS = ['pricing', 'aggregation', 'invoicing'];
const DRAIN_WITHIN_MS = 300_000;

/** How long and how often is measured. */
export interface GatewayBenchOptions {
  rounds: number;
  seconds: number;
  connections: readonly number[];
}

interface Side {
  name: string;
  url: string;
  pid: number;
  key: string;
}

interface Measured extends LoadResult {
  cpuMsPerCall: number;
}

/**
 * CPU per call and calls/s of ingress with everything on, against the floor on the same simulator, in one interleaved run. The consumers stand still
 * meanwhile, as those of another machine would not share these cores, and drain afterwards.
 */
export async function gatewayBench(options: GatewayBenchOptions): Promise<void> {
  const system = await SystemUnderTest.start(1);
  const floorPort = await freePort();
  const simulator = new URL(system.record.simulatorUrl);
  const floor = spawn(
    process.execPath,
    [join(projectRoot(), 'dist/tools/bench/floor-proxy.js'), String(floorPort), simulator.origin, '/openai/v1'],
    { stdio: 'ignore' },
  );
  try {
    const tenant = await newBenchTenant(system.dev.consoleUrl, system.dev.operatorKey);
    const ingress = system.processes().find(({ name }) => name === 'ingress');
    if (ingress === undefined || floor.pid === undefined) throw new Error('ingress or the floor does not run');
    await new Promise((resume) => setTimeout(resume, 3_000));
    const sides: Side[] = [
      { name: 'floor', url: `http://127.0.0.1:${floorPort}/v1/chat/completions`, pid: floor.pid, key: 'any' },
      { name: 'ingress', url: `${system.dev.ingressUrl}/v1/chat/completions`, pid: ingress.identity.pid, key: tenant.key },
    ];
    const stopped = system.processes().filter(({ name }) => CONSUMERS.includes(name));
    for (const { identity } of stopped) process.kill(identity.pid, 'SIGSTOP');
    let calls = 0;
    try {
      for (const connections of options.connections)
        calls += await compare(sides, connections, options, { model: 'gpt-4o', stream: false });
      calls += await compare(sides, 32, options, { model: 'gpt-4o', stream: true });
      console.log(`ingress resident: ${residentMbOf(ingress.identity.pid).toFixed(0)} MB`);
    } finally {
      for (const { identity } of stopped) process.kill(identity.pid, 'SIGCONT');
    }
    await drain(system, tenant.adminKey, calls);
  } finally {
    floor.kill();
    await system.stop(false);
  }
}

async function compare(
  sides: readonly Side[],
  connections: number,
  options: GatewayBenchOptions,
  call: { model: string; stream: boolean },
): Promise<number> {
  const rounds = new Map<string, Measured[]>(sides.map(({ name }) => [name, []]));
  let ingressCalls = 0;
  for (let round = -1; round < options.rounds; round += 1) {
    for (const side of sides) {
      const measured = await measure(side, connections, round < 0 ? 2 : options.seconds, call);
      if (side.name === 'ingress') ingressCalls += measured.calls;
      if (measured.failures > 0) console.log(`! ${side.name}: ${measured.failures} calls failed`);
      // The first round warms up.
      if (round >= 0) rounds.get(side.name)!.push(measured);
    }
  }
  const [floor, ingress] = [rounds.get('floor')!, rounds.get('ingress')!];
  console.log(
    `${call.stream ? 'streamed' : 'plain'}, ${connections} connections, ${options.rounds} rounds of ${options.seconds} s, interleaved`,
  );
  for (const [name, results] of rounds) {
    console.log(
      `  ${name.padEnd(8)} CPU ms a call ${spread(
        results.map((r) => r.cpuMsPerCall),
        3,
      )}   calls/s ${spread(
        results.map((r) => r.callsPerSecond),
        0,
      )}   p50 ms ${median(results.map((r) => r.p50Ms))}`,
    );
  }
  const cpu = ingress.map((r, i) => r.cpuMsPerCall / floor[i]!.cpuMsPerCall);
  const rate = ingress.map((r, i) => r.callsPerSecond / floor[i]!.callsPerSecond);
  console.log(`  ingress ÷ floor: CPU a call ${spread(cpu)}   calls/s ${spread(rate)}`);
  return ingressCalls;
}

async function measure(side: Side, connections: number, seconds: number, call: { model: string; stream: boolean }): Promise<Measured> {
  const body = JSON.stringify({
    model: side.name === 'floor' ? call.model : `openai/${call.model}`,
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      {
        role: 'user',
        content: call.stream ? 'simulate: {"chunks": 100} Tell a story.' : 'Tell me about rivers in three sentences, please.',
      },
    ],
    max_tokens: 200,
    ...(call.stream && { stream: true, stream_options: { include_usage: true } }),
  });
  const before = cpuMsOf(side.pid);
  const result = await runLoad({
    url: side.url,
    connections,
    seconds,
    headers: { authorization: `Bearer ${side.key}`, 'content-type': 'application/json' },
    body,
  });
  return { ...result, cpuMsPerCall: (cpuMsOf(side.pid) - before) / Math.max(1, result.calls) };
}

async function drain(system: SystemUnderTest, adminKey: string, calls: number): Promise<void> {
  const started = Date.now();
  const from = new Date(started - 7_200_000).toISOString();
  const to = new Date(started + 7_200_000).toISOString();
  for (;;) {
    const { totals } = await askFrontDoor<{ totals: { requests: number } }>(
      system.dev.consoleUrl,
      adminKey,
      `/spend?from=${from}&to=${to}`,
    );
    if (totals.requests >= calls) break;
    if (Date.now() - started > DRAIN_WITHIN_MS) throw new Error(`only ${totals.requests} of ${calls} calls were billed`);
    await new Promise((resume) => setTimeout(resume, 500));
  }
  const seconds = (Date.now() - started) / 1000;
  console.log(
    `drained: ${calls} calls billed ${seconds.toFixed(1)} s after the consumers went on (${Math.round(calls / seconds)} a second)`,
  );
}
