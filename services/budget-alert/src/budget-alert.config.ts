import { commonVariables } from '@tollgate/platform/config';
import { z } from 'zod';

const databases = { TOLLGATE_DB_URL: commonVariables.databaseUrl, TOLLGATE_CONSUMER_DB_URL: commonVariables.databaseUrl };

/** Environment of the service. */
export const budgetAlertVariables = z.object({
  TOLLGATE_PORT: commonVariables.port.default(8104),
  TOLLGATE_GRANTS_PORT: commonVariables.port.default(8114),
  TOLLGATE_HOST: commonVariables.host,
  KAFKA_BROKERS: commonVariables.brokers,
  TOLLGATE_INTERNAL_SECRET: commonVariables.secret,
  TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: commonVariables.allowedPrivateAddresses,
  ...databases,
});

export type BudgetAlertConfig = z.output<typeof budgetAlertVariables>;

/** Environment of its migrations. */
export const migrationVariables = z.object({ DATABASE_URL: commonVariables.databaseUrl, ...databases });
