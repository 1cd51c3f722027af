import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { identify, isAlive } from './process-identity';
import { freshDatabase } from './fresh-database';
import { dedicatedKafka } from './runtime';
import { kafkaAnswers } from './kafka-answers';

describe('the embedded servers', () => {
  it('give each spec file an empty PostgreSQL 17 database of its own', async () => {
    const [one, other] = await Promise.all([freshDatabase(inject('databaseUrl'), 'one'), freshDatabase(inject('databaseUrl'), 'one')]);
    expect(one).not.toBe(other);
    const client = new Client({ connectionString: one });
    await client.connect();
    const { rows } = await client.query<{ version: string; tables: string }>(
      `SELECT current_setting('server_version') AS version, (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')::text AS tables`,
    );
    await client.end();
    expect(rows[0]?.version).toMatch(/^17\./);
    expect(rows[0]?.tables).toBe('0');
  });

  it('share one broker that answers, and lend another to who asks', async () => {
    const port = (brokers: string): number => Number(brokers.split(':')[1]);
    await kafkaAnswers({ port: port(inject('kafkaBrokers')) }, 5_000);
    const own = await dedicatedKafka();
    expect(own.address).not.toBe(inject('kafkaBrokers'));
    await kafkaAnswers({ port: port(own.address) }, 5_000);
    await expect(kafkaAnswers({ port: port(own.address), clusterId: 'another' }, 5_000)).rejects.toThrow('another broker');
    await own.stop();
    await expect(kafkaAnswers({ port: port(own.address) }, 200)).rejects.toThrow('does not answer');
  });
});

describe('a process identity', () => {
  it('is not that of another start with the same pid', () => {
    const own = identify(process.pid);
    expect(own && isAlive(own)).toBe(true);
    expect(isAlive({ pid: process.pid, startedAt: randomUUID() })).toBe(false);
    expect(identify(2 ** 22 + 1)).toBeNull();
  });
});
