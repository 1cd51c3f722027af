import { z } from 'zod';
import { commonVariables } from '@tollgate/platform/config';

const databases = { TOLLGATE_DB_URL: commonVariables.databaseUrl, TOLLGATE_CONSUMER_DB_URL: commonVariables.databaseUrl };

/** Environment of the service. */
export const aggregationConfig = z.object({
  TOLLGATE_PORT: commonVariables.port.default(8103),
  TOLLGATE_HOST: commonVariables.host,
  KAFKA_BROKERS: commonVariables.brokers,
  TOLLGATE_INTERNAL_SECRET: commonVariables.secret,
  ...databases,
});
export type AggregationConfig = z.infer<typeof aggregationConfig>;

/** Environment of its migrations. */
export const migrationConfig = z.object({ DATABASE_URL: commonVariables.databaseUrl, ...databases });
