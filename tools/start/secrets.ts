import { randomBytes } from 'node:crypto';
import { generateApiKey } from '@tollgate/platform/api-key';
import type { DataFolder } from './data-folder';

/** Services that keep tables: each has a role for REST and one for its consumers. */
export const DATABASE_SERVICES = ['accounts', 'pricing', 'aggregation', 'budget-alert', 'invoicing'] as const;

/** One of the services that keep tables. */
export type DatabaseService = (typeof DATABASE_SERVICES)[number];

/** What an installation keeps secret, made once and read again at every start. */
export interface Secrets {
  readonly internalSecret: string;
  readonly keyPepper: string;
  /** Base64, 32 bytes. */
  readonly encryptionKey: string;
  readonly operatorKey: string;
  /** Of the embedded PostgreSQL's owner. */
  readonly ownerPassword: string;
  readonly passwords: Readonly<Record<DatabaseService, { rest: string; consumer: string }>>;
}

/** The folder's secrets (secrets.json, readable by its owner alone), made on first use. */
export function readSecrets(folder: DataFolder): Secrets {
  const kept = folder.read<Secrets>('secrets.json');
  if (kept !== null) return kept;
  const random = (): string => randomBytes(32).toString('base64url');
  const passwords = Object.fromEntries(DATABASE_SERVICES.map((service) => [service, { rest: random(), consumer: random() }]));
  const made: Secrets = {
    internalSecret: random(),
    keyPepper: random(),
    encryptionKey: randomBytes(32).toString('base64'),
    operatorKey: generateApiKey('dev'),
    ownerPassword: random(),
    passwords: passwords as Secrets['passwords'],
  };
  folder.write('secrets.json', made);
  return made;
}
