import { commonVariables } from '@tollgate/platform/config';
import { parseApiKey } from '@tollgate/platform/api-key';
import { z } from 'zod';

/** Environment of the accounts process. */
export const accountsVariables = z.object({
  TOLLGATE_PORT: commonVariables.port.default(8101),
  TOLLGATE_HOST: commonVariables.host,
  TOLLGATE_DB_URL: commonVariables.databaseUrl,
  TOLLGATE_CONSUMER_DB_URL: commonVariables.databaseUrl,
  KAFKA_BROKERS: commonVariables.brokers,
  TOLLGATE_INTERNAL_SECRET: commonVariables.secret,
  TOLLGATE_KEY_PEPPER: commonVariables.secret,
  TOLLGATE_ENCRYPTION_KEY: commonVariables.encryptionKey,
  TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: commonVariables.allowedPrivateAddresses,
  TOLLGATE_BOOTSTRAP_OPERATOR_KEY: z
    .string()
    .refine((key) => parseApiKey(key) !== null, 'is no key, or its checksum is wrong')
    .describe('a key (tg_…) that is valid with the scope operator from the start; every further key can be made with it')
    .optional(),
});

export type AccountsConfig = z.output<typeof accountsVariables>;

/** Nest's injection token of the `AccountsConfig`. */
export const ACCOUNTS_CONFIG = Symbol('ACCOUNTS_CONFIG');
