// Makes the installation's secrets once and hands each service the ones that it needs: /secrets/<service>/env, read with `node --env-file`.
// Only accounts and ingress get the key that opens provider secrets; only migrations get the owner of the database.
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire('/app/');
const { generateApiKey } = require('/app/dist/libs/platform/api-key/index.js');

const root = process.env.SECRETS_DIR ?? '/secrets';
const nodeUser = 1000;
const databaseServices = ['accounts', 'pricing', 'aggregation', 'budget-alert', 'invoicing'];
const ownerUrl = process.env.DATABASE_URL;
if (!ownerUrl) throw new Error('DATABASE_URL is missing: it must name the owner of the database');

const kept = join(root, 'setup', 'secrets.json');
mkdirSync(join(root, 'setup'), { recursive: true });
if (!existsSync(kept)) {
  const random = () => randomBytes(32).toString('base64url');
  const passwords = Object.fromEntries(
    databaseServices.flatMap((name) => [
      [name, random()],
      [`${name}_consumer`, random()],
    ]),
  );
  const fresh = {
    internalSecret: random(),
    keyPepper: random(),
    encryptionKey: randomBytes(32).toString('base64'),
    operatorKey: generateApiKey('live'),
    passwords,
  };
  writeFileSync(kept, JSON.stringify(fresh, null, 2), { mode: 0o600 });
}
const secrets = JSON.parse(readFileSync(kept, 'utf8'));

function databaseUrl(service, consumer) {
  const url = new URL(ownerUrl);
  url.username = `tollgate_${service.replaceAll('-', '_')}${consumer ? '_consumer' : ''}`;
  url.password = secrets.passwords[consumer ? `${service}_consumer` : service];
  return url.href;
}

function write(service, variables) {
  const folder = join(root, service);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'env');
  writeFileSync(
    file,
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
    { mode: 0o400 },
  );
  chmodSync(folder, 0o700);
  chownSync(folder, nodeUser, nodeUser);
  chownSync(file, nodeUser, nodeUser);
}

const internal = { TOLLGATE_INTERNAL_SECRET: secrets.internalSecret };
const sealed = { TOLLGATE_KEY_PEPPER: secrets.keyPepper, TOLLGATE_ENCRYPTION_KEY: secrets.encryptionKey };
const bootstrap = { TOLLGATE_BOOTSTRAP_OPERATOR_KEY: secrets.operatorKey };
for (const service of databaseServices) {
  const roles = { TOLLGATE_DB_URL: databaseUrl(service, false), TOLLGATE_CONSUMER_DB_URL: databaseUrl(service, true) };
  write(service, { ...internal, ...roles, ...(service === 'accounts' ? { ...sealed, ...bootstrap } : {}) });
  write(`migrate-${service}`, { ...internal, ...roles, DATABASE_URL: ownerUrl });
}
write('ingress', { ...internal, ...sealed });
write('console', internal);
write('demo', { TOLLGATE_OPERATOR_KEY: secrets.operatorKey });
console.log('secrets are in place');
