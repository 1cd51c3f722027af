import { z } from 'zod';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'is above 65535')
  .describe('a port from 1 to 65535, or 0 for any free one');

const addressList = (what: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => part.length > 0), 'has an empty entry')
    .describe(`${what}, comma-separated`);

const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\/[^@/]+@?[^/]*\/[^/?]+/, 'is not a PostgreSQL URL')
  .describe('a PostgreSQL URL, postgres://host:5432/database with user and password');

const baseUrls = addressList('the base URLs of one service, such as http://127.0.0.1:8102').refine(
  (urls) => urls.every((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)),
  'is not a list of http:// or https:// URLs',
);

const encryptionKey = z
  .string()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((key) => key.length === 32, 'does not decode to 32 bytes')
  .describe('32 random bytes in base64 (openssl rand -base64 32)');

const secret = z
  .string()
  .min(16, 'is shorter than 16 characters')
  .describe('a random secret of at least 16 characters, the same for every service');

/**
 * Schemas of the variables that services share, each with its meaning for `ConfigError`. Compose them by variable name:
 * `z.object({ TOLLGATE_PORT: commonVariables.port.default(8102), KAFKA_BROKERS: commonVariables.brokers })`.
 */
export const commonVariables = {
  /** A TCP port as a number. */
  port,
  /** The address to bind; loopback unless told otherwise. */
  host: z.string().describe('the address to listen on, such as 127.0.0.1 or 0.0.0.0').default('127.0.0.1'),
  /** Kafka's bootstrap brokers as a list of host:port. */
  brokers: addressList("Kafka's brokers as host:port"),
  /** A PostgreSQL connection URL with user, password and database. */
  databaseUrl,
  /** A shared secret, such as TOLLGATE_INTERNAL_SECRET or TOLLGATE_KEY_PEPPER. */
  secret,
  /** Base URLs of a service that is called; tried in turn. */
  baseUrls,
  /** The 32-byte AES-256-GCM key as a Buffer. */
  encryptionKey,
  /** TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: comma-separated addresses, CIDRs and host names; empty refuses every private address. */
  allowedPrivateAddresses: z
    .string()
    .describe('addresses, CIDRs and host names inside the network that may be called, comma-separated')
    .default(''),
  /** A folder that the process may write to. */
  dataDirectory: z.string().min(1).describe('a writable folder that outlives the process'),
} as const;
