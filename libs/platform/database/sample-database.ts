import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { ConsumerDatabase } from './consumer-database';
import { createDataSource } from './create-data-source';
import { runMigrations, type MigrationSettings } from './run-migrations';
import { TenantDatabase } from './tenant-database';

/** For this library's specs: a fresh database of the test server with the schema `sample` of ./fixtures, and its two roles. */
export async function createSampleDatabase(serverUrl: string) {
  const name = `sample_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const settings: MigrationSettings = {
    service: 'sample',
    directory: join(__dirname, 'fixtures/migrations'),
    ownerUrl: urlOf(serverUrl, name),
    restUrl: urlOf(serverUrl, name, 'tollgate_sample', 'p:w@1'),
    consumerUrl: urlOf(serverUrl, name, 'tollgate_sample_consumer', 'pw2'),
    outbox: true,
    idempotency: true,
    monthPartitioned: ['entries'],
  };
  const applied = await runMigrations(settings);
  const dataSource = createDataSource({ url: settings.restUrl, schema: 'sample', entities: [], applicationName: 'sample' });
  const tenants = new TenantDatabase(dataSource);
  const consumers = new ConsumerDatabase({ url: settings.consumerUrl ?? '', schema: 'sample', applicationName: 'sample-consumer' });
  return {
    settings,
    applied,
    dataSource,
    tenants,
    consumers,
    async asOwner<R>(sql: string): Promise<R[]> {
      return onServer<R>(settings.ownerUrl, sql);
    },
    async drop() {
      await Promise.all([tenants.close(), consumers.close()]);
      await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer<R>(url: string, sql: string): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as R[];
  } finally {
    await client.end();
  }
}

function urlOf(serverUrl: string, database: string, user?: string, password?: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = encodeURIComponent(user);
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url.toString();
}
