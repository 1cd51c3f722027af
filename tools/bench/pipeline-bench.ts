import { Agent, request } from 'undici';
import { Client } from 'pg';
import { SystemUnderTest } from '../chaos/system-under-test';
import { askFrontDoor, newBenchTenant } from './bench-tenant';
import { cpuMsByCommand, cpuMsOf } from './process-cpu';

const BATCH = 1_000;
const PARALLEL = 4;
const WITHIN_MS = 300_000;

/**
 * Sustained events/s from the usage API to ledger and rollups, all services running on the same cores, and beside it plain `unnest` inserts of as many
 * rows into one table of the same PostgreSQL.
 */
export async function pipelineBench(total: number): Promise<void> {
  const system = await SystemUnderTest.start(1);
  try {
    const tenant = await newBenchTenant(system.dev.consoleUrl, system.dev.operatorKey);
    await new Promise((resume) => setTimeout(resume, 3_000));
    await run(system, tenant, 'warm', 20_000, 0);
    const floor = await insertFloor(system.databaseUrl, total);
    const cpuBefore = new Map(system.processes().map(({ name, identity }) => [name, cpuMsOf(identity.pid)]));
    const serversBefore = cpuMsByCommand(process.pid);
    const rate = await run(system, tenant, 'run', total, 20_000);
    console.log(`floor: plain unnest inserts, one connection, batches of ${BATCH}: ${Math.round(floor)} events/s`);
    console.log(`usage API → ledger and rollups: ${Math.round(rate)} events/s, ${(rate / floor).toFixed(3)} of the floor`);
    for (const { name, identity } of system.processes()) {
      const cpu = cpuMsOf(identity.pid) - (cpuBefore.get(name) ?? 0);
      console.log(`  ${name.padEnd(13)} ${((cpu * 1000) / total).toFixed(0)} µs CPU an event`);
    }
    const serversAfter = cpuMsByCommand(process.pid);
    for (const name of ['postgres', 'java']) {
      const cpu = (serversAfter.get(name) ?? 0) - (serversBefore.get(name) ?? 0);
      console.log(`  ${name.padEnd(13)} ${((cpu * 1000) / total).toFixed(0)} µs CPU an event`);
    }
  } finally {
    await system.stop(false);
  }
}

async function run(
  system: SystemUnderTest,
  tenant: { key: string; adminKey: string },
  source: string,
  total: number,
  already: number,
): Promise<number> {
  const agent = new Agent({ connections: PARALLEL });
  const started = Date.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < total) {
      const from = next;
      next += BATCH;
      const body = JSON.stringify(Array.from({ length: Math.min(BATCH, total - from) }, (_, n) => event(source, from + n)));
      const answer = await request(`${system.dev.ingressUrl}/v1/usage/events`, {
        method: 'POST',
        dispatcher: agent,
        headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/cloudevents-batch+json' },
        body,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 202 || text.includes('"rejected"')) throw new Error(`${answer.statusCode} ${text.slice(0, 500)}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  const acceptedMs = Date.now() - started;
  const [from, to] = [new Date(started - 7_200_000).toISOString(), new Date(started + 7_200_000).toISOString()];
  for (;;) {
    const { totals } = await askFrontDoor<{ totals: { requests: number } }>(
      system.dev.consoleUrl,
      tenant.adminKey,
      `/spend?from=${from}&to=${to}`,
    );
    if (totals.requests >= total + already) break;
    if (Date.now() - started > WITHIN_MS) throw new Error(`only ${totals.requests} of ${total + already} events arrived`);
    await new Promise((resume) => setTimeout(resume, 100));
  }
  const seconds = (Date.now() - started) / 1000;
  console.log(`${source}: ${total} events accepted in ${(acceptedMs / 1000).toFixed(1)} s, in the rollups after ${seconds.toFixed(1)} s`);
  return total / seconds;
}

function event(source: string, n: number): unknown {
  return {
    specversion: '1.0',
    type: 'tollgate.usage',
    source,
    id: `e${n}`,
    data: {
      provider: 'openai',
      model: n % 3 === 0 ? 'gpt-4o-mini' : 'gpt-4o',
      operation: 'chat',
      quantities: { input_tokens: String(500 + (n % 4000)), output_tokens: String(10 + (n % 700)) },
    },
  };
}

async function insertFloor(databaseUrl: string, total: number): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      'CREATE SCHEMA IF NOT EXISTS bench; DROP TABLE IF EXISTS bench.events; CREATE TABLE bench.events (id uuid PRIMARY KEY, model text, input bigint, output bigint, amount numeric)',
    );
    const started = Date.now();
    for (let from = 0; from < total; from += BATCH) {
      const rows = Array.from({ length: BATCH }, (_, n) => from + n);
      await client.query(
        'INSERT INTO bench.events SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::numeric[]) ON CONFLICT DO NOTHING',
        [
          rows.map(() => crypto.randomUUID()),
          rows.map(() => 'gpt-4o'),
          rows.map((n) => 500 + (n % 4000)),
          rows.map((n) => 10 + (n % 700)),
          rows.map(() => '0.0012345678'),
        ],
      );
    }
    const rate = (total * 1000) / (Date.now() - started);
    await client.query('DROP SCHEMA bench CASCADE');
    return rate;
  } finally {
    await client.end();
  }
}
