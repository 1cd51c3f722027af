import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ConsumerDatabase } from './consumer-database';
import { createDataSource } from './create-data-source';
import { isTransient } from './is-transient';
import { createSampleDatabase } from './sample-database';
import { TenantDatabase } from './tenant-database';

const ORG = '0a000000-0000-4000-8000-00000000000a';
let sample: Awaited<ReturnType<typeof createSampleDatabase>>;
beforeAll(async () => {
  sample = await createSampleDatabase(inject('databaseUrl'));
});
afterAll(() => sample.drop());

const killSessions = () =>
  sample.asOwner(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'tollgate_sample%' AND datname = current_database()`,
  );
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('lost connections', () => {
  it('survives idle connections that die, and works on with new ones', async () => {
    await sample.tenants.run(ORG, (em) => em.query('SELECT 1'));
    await sample.consumers.query('SELECT 1');
    await killSessions();
    await pause(100);
    expect((await sample.consumers.query('SELECT 1 AS x')).rows).toEqual([{ x: 1 }]);
    expect(await sample.tenants.run(ORG, (em) => em.query('SELECT 1 AS x'))).toEqual([{ x: 1 }]);
  });
  it('fails a transaction whose connection dies between two statements as transient', async () => {
    const lost = await sample.consumers
      .transaction(async (tx) => {
        await tx.query('SELECT 1');
        await killSessions();
        await pause(100);
        await tx.query('SELECT 1');
      })
      .catch((error: unknown) => error);
    expect(isTransient(lost)).toBe(true);
    const lostByTenant = await sample.tenants
      .run(ORG, async (em) => {
        await killSessions();
        await pause(100);
        await em.query('SELECT 1');
      })
      .catch((error: unknown) => error);
    expect(isTransient(lostByTenant)).toBe(true);
    expect(await sample.tenants.isReady()).toBe(true);
  });
  it('starts while PostgreSQL is away, says so, and connects later', async () => {
    const url = new URL(sample.settings.restUrl);
    url.port = '1';
    const tenants = new TenantDatabase(createDataSource({ url: url.toString(), schema: 'sample', entities: [], applicationName: 'away' }));
    const consumers = new ConsumerDatabase({ url: url.toString(), schema: 'sample', applicationName: 'away' });
    expect([await tenants.isReady(), await consumers.isReady()]).toEqual([false, false]);
    expect(isTransient(await tenants.run(ORG, (em) => em.query('SELECT 1')).catch((error: unknown) => error))).toBe(true);
    expect(isTransient(await consumers.query('SELECT 1').catch((error: unknown) => error))).toBe(true);
    await tenants.close();
    await consumers.close();
  });
  it('connects a data source at its second attempt when the first failed', async () => {
    const away = createDataSource({ url: sample.settings.restUrl, schema: 'nowhere', entities: [], applicationName: 'late' });
    const initialize = away.initialize.bind(away);
    let attempts = 0;
    away.initialize = () =>
      (attempts += 1) === 1 ? Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })) : initialize();
    const tenants = new TenantDatabase(away);
    expect(await tenants.isReady()).toBe(false);
    expect(await tenants.isReady()).toBe(true);
    await tenants.close();
  });
});
