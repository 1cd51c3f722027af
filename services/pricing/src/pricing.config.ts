import { commonVariables } from '@tollgate/platform/config';
import { z } from 'zod';

/** Environment of the pricing process. */
export const pricingVariables = z.object({
  TOLLGATE_PORT: commonVariables.port.default(8102),
  TOLLGATE_HOST: commonVariables.host,
  TOLLGATE_DB_URL: commonVariables.databaseUrl,
  TOLLGATE_CONSUMER_DB_URL: commonVariables.databaseUrl,
  KAFKA_BROKERS: commonVariables.brokers,
  TOLLGATE_INTERNAL_SECRET: commonVariables.secret,
  /** Whose books are compared with the ledger. */
  TOLLGATE_AGGREGATION_URL: commonVariables.baseUrls.default(['http://127.0.0.1:8103']),
  TOLLGATE_BUDGET_ALERT_URL: commonVariables.baseUrls.default(['http://127.0.0.1:8104']),
  TOLLGATE_INVOICING_URL: commonVariables.baseUrls.default(['http://127.0.0.1:8105']),
});

export type PricingConfig = z.output<typeof pricingVariables>;
