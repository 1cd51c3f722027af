import { commonVariables } from '@tollgate/platform/config';
import { z } from 'zod';

const wholeNumber = (meaning: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'is not a whole number above 0')
    .transform(Number)
    .describe(meaning);

/** Environment of the ingress process. */
export const ingressVariables = z.object({
  TOLLGATE_INGRESS_PORT: commonVariables.port.default(8080),
  TOLLGATE_PORT: commonVariables.port.default(8180),
  TOLLGATE_HOST: commonVariables.host,
  KAFKA_BROKERS: commonVariables.brokers,
  TOLLGATE_INTERNAL_SECRET: commonVariables.secret,
  TOLLGATE_KEY_PEPPER: commonVariables.secret,
  TOLLGATE_ENCRYPTION_KEY: commonVariables.encryptionKey,
  TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: commonVariables.allowedPrivateAddresses,
  TOLLGATE_DATA_DIR: commonVariables.dataDirectory,
  TOLLGATE_ACCOUNTS_URL: commonVariables.baseUrls,
  TOLLGATE_GRANTS_ADDRESSES: z
    .string()
    .transform((text) => text.split(',').map((address) => address.trim()))
    .refine((addresses) => addresses.every((address) => /^[^\s:]+:\d{1,5}$/.test(address)), 'is not a list of host:port')
    .describe('the gRPC addresses of budget-alert as host:port, comma-separated'),
  TOLLGATE_SPOOL_LIMIT_BYTES: wholeNumber('bytes that the spool may take on the disk before calls are refused').default(8 * 1024 ** 3),
  TOLLGATE_BODY_LIMIT_BYTES: wholeNumber('the largest request body in bytes').default(32 * 1024 ** 2),
  TOLLGATE_FIRST_BYTE_TIMEOUT_MS: wholeNumber('how long a provider may take to begin its answer').default(300_000),
  TOLLGATE_IDLE_TIMEOUT_MS: wholeNumber('how long a provider may pause within an answer').default(120_000),
  TOLLGATE_TOTAL_TIMEOUT_MS: wholeNumber('how long a call may take altogether').default(900_000),
});

export type IngressConfig = z.output<typeof ingressVariables>;

/** Nest's injection token of the `IngressConfig`. */
export const INGRESS_CONFIG = Symbol('INGRESS_CONFIG');
