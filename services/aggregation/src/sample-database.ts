import { Client } from 'pg';
import { ConsumerDatabase, TenantDatabase, createDataSource } from '@tollgate/platform/database';
import { migrateAggregation } from './db/migrate-aggregation';

/** For this service's specs: migrates an empty database and opens it as each of the service's roles. */
export async function openSampleDatabase(ownerUrl: string) {
  const urls = {
    ownerUrl,
    restUrl: asRole(ownerUrl, 'tollgate_aggregation'),
    consumerUrl: asRole(ownerUrl, 'tollgate_aggregation_consumer'),
  };
  await migrateAggregation(urls);
  const dataSource = createDataSource({ url: urls.restUrl, schema: 'aggregation', entities: [], applicationName: 'spec' });
  const tenants = new TenantDatabase(dataSource);
  const consumers = new ConsumerDatabase({ url: urls.consumerUrl, schema: 'aggregation', applicationName: 'spec', poolSize: 6 });
  const owner = new Client({ connectionString: ownerUrl, options: '-c search_path=aggregation' });
  await owner.connect();
  return {
    urls,
    dataSource,
    tenants,
    consumers,
    /** Runs SQL as the owner, whom row-level security does not bind here: to look at everything, and to plant faults. */
    async asOwner<R = Record<string, string>>(sql: string, values: unknown[] = []): Promise<R[]> {
      return (await owner.query(sql, values)).rows as R[];
    },
    async close() {
      await Promise.all([tenants.close(), consumers.close(), owner.end()]);
    },
  };
}

export type SampleDatabase = Awaited<ReturnType<typeof openSampleDatabase>>;

function asRole(ownerUrl: string, role: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = 'of-the-specs';
  return url.toString();
}
