import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKafka, readWholeTopic } from '@tollgate/platform/kafka';
import { topics } from '@tollgate/contracts';
import { ask, eventually } from '../http-client';
import { system } from '../system';
import { newTenant, spend } from '../tenant';

const marker = `MARKER${Date.now()}PROMPT`;
const answered = `MARKER${Date.now()}ANSWER`;
const secret = `sk-MARKER${Date.now()}SECRET`;

function* filesUnder(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) {
      // The broker's and the database's own files are searched through their front doors.
      if (!/^(postgres|kafka|pg|node)/.test(name)) yield* filesUnder(path);
    } else if (found && found.size < 200 * 1024 * 1024) yield path;
  }
}

describe('prompts and secrets stay nowhere', () => {
  let apiKey: string;

  beforeAll(async () => {
    const tenant = await newTenant({ projects: ['search'] });
    apiKey = (await tenant.key(['inference', 'usage:write'])).key;
    await tenant.api('/providers', { provider: 'openai', name: 'own', baseUrl: system().simulatorUrl + '/openai/v1', secret });
    const url = `${system().ingressUrl}/v1/chat/completions`;
    // The answer's marker travels to the provider in base64, so that it stands in answers alone.
    const script = JSON.stringify({ textBase64: Buffer.from(answered).toString('base64') });
    const body = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: `${marker} simulate: ${script}` }] };
    await new Promise((resume) => setTimeout(resume, 1_500));
    for (const stream of [false, true]) {
      const answer = await ask(url, { key: apiKey, body: { ...body, stream } });
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body)).toContain(answered);
    }
    expect((await ask(url, { key: apiKey, body: { ...body, messages: marker } })).status).toBeLessThan(500);
    expect((await ask(url, { key: apiKey, rawBody: `{"model": "openai/gpt-4o", "messages": ["${marker}"` })).status).toBe(400);
    await eventually(
      () => spend(tenant),
      ({ totals }) => totals.requests >= 2,
      5_000,
    );
  });

  it('in no table', async () => {
    const owner = new Client({ connectionString: system().databaseUrl });
    await owner.connect();
    try {
      const { rows } = await owner.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
      );
      expect(rows.length).toBeGreaterThan(20);
      for (const { name } of rows) {
        for (const needle of [marker, answered, secret, apiKey]) {
          const found = await owner.query(
            `SELECT 1 FROM ${name} AS row WHERE row::text LIKE '%' || $1 || '%' OR row::text LIKE '%' || $2 || '%' LIMIT 1`,
            [needle, Buffer.from(needle).toString('hex')],
          );
          expect(found.rowCount, `${needle} in ${name}`).toBe(0);
        }
      }
    } finally {
      await owner.end();
    }
  });

  it('in no topic', async () => {
    const connection = createKafka({ brokers: system().kafkaBrokers.split(','), clientId: 'scenario' });
    let records = 0;
    for (const topic of Object.values(topics)) {
      await readWholeTopic(connection, topic.name, (record) => {
        records += 1;
        for (const needle of [marker, answered, secret, apiKey])
          expect(record.value?.includes(needle) ?? false, `${needle} in ${topic.name}`).toBe(false);
      });
    }
    expect(records).toBeGreaterThan(100);
  });

  it('in no spool, log, snapshot or trace', async () => {
    const traces = join(system().dataDir, 'traces.bin');
    // Each service sends its spans within half a second; those of this scenario are there once pricing's batch is.
    await eventually(
      async () => readFileSync(traces),
      (bytes) => bytes.includes('ship usage') && bytes.includes('charge.posted'),
      10_000,
    );
    let files = 0;
    for (const file of filesUnder(system().dataDir)) {
      files += 1;
      // Keys of the demo and of the bootstrap are handed to the operator in these two files on purpose.
      if (/(dev|secrets)\.json$/.test(file)) continue;
      const bytes = readFileSync(file);
      for (const needle of [marker, answered, secret, apiKey]) expect(bytes.includes(needle), `${needle} in ${file}`).toBe(false);
    }
    expect(files).toBeGreaterThan(5);
  });
});
