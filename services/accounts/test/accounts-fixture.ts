import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { generateApiKey } from '@tollgate/platform/api-key';
import { loadConfig } from '@tollgate/platform/config';
import { runMigrations } from '@tollgate/platform/database';
import { createHttpApp, serviceToken, signInternalToken, type Caller } from '@tollgate/platform/http';
import { Client } from 'pg';
import { inject } from 'vitest';
import { accountsVariables } from '../src/accounts.config';
import { AccountsModule } from '../src/app.module';

const INTERNAL_SECRET = 'internal-secret-of-the-specs';

export interface Answer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- specs look into whatever was answered
  body: any;
  headers: Headers;
}

export const OPERATOR: Caller = { organizationId: null, keyId: 'operator-key', scopes: ['operator'], operator: true, project: null };

/** The admin of an organisation, as its internal token says. */
export function adminOf(organizationId: string): Caller {
  return { organizationId, keyId: `admin-of-${organizationId}`, scopes: ['admin'], operator: false, project: null };
}

/** Accounts on a database of its own and the shared broker. */
export class AccountsFixture {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly ownerUrl: string,
    readonly environment: Record<string, string>,
  ) {}

  /** `ownerUrl` names an empty database. */
  static async start(ownerUrl: string, overrides: Record<string, string> = {}): Promise<AccountsFixture> {
    const roleUrl = (role: string) => {
      const url = new URL(ownerUrl);
      url.username = role;
      url.password = 'of-the-specs';
      return url.toString();
    };
    const environment = {
      TOLLGATE_PORT: '0',
      TOLLGATE_DB_URL: roleUrl('tollgate_accounts'),
      TOLLGATE_CONSUMER_DB_URL: roleUrl('tollgate_accounts_consumer'),
      KAFKA_BROKERS: inject('kafkaBrokers'),
      TOLLGATE_INTERNAL_SECRET: INTERNAL_SECRET,
      TOLLGATE_KEY_PEPPER: 'pepper-of-the-specs',
      TOLLGATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      TOLLGATE_BOOTSTRAP_OPERATOR_KEY: generateApiKey('test'),
      ...overrides,
    };
    await AccountsFixture.migrate(ownerUrl, environment);
    const app = await AccountsFixture.boot(environment);
    return new AccountsFixture(app, await app.getUrl(), ownerUrl, environment);
  }

  static migrate(ownerUrl: string, environment: { TOLLGATE_DB_URL: string; TOLLGATE_CONSUMER_DB_URL: string }): Promise<string[]> {
    return runMigrations({
      service: 'accounts',
      directory: join(__dirname, '../src/db/migrations'),
      ownerUrl,
      restUrl: environment.TOLLGATE_DB_URL,
      consumerUrl: environment.TOLLGATE_CONSUMER_DB_URL,
      outbox: true,
      idempotency: true,
    });
  }

  static boot(environment: Record<string, string>): Promise<NestFastifyApplication> {
    return createHttpApp(AccountsModule.with(loadConfig(accountsVariables, environment)), {
      service: 'accounts',
      port: 0,
      host: '127.0.0.1',
      internalSecret: INTERNAL_SECRET,
      handleSignals: false,
    });
  }

  async call(caller: Caller, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(await signInternalToken(caller, INTERNAL_SECRET, Date.now()), method, path, body, headers);
  }

  /** As another service of ours. */
  async callAsService(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.send(await serviceToken('console', INTERNAL_SECRET, Date.now()), method, path, body);
  }

  private async send(token: string, method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'x-tollgate-internal': token, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
  }

  async newOrganization(overrides: object = {}): Promise<{ id: string; adminKey: string; admin: Caller }> {
    const { status, body } = await this.call(OPERATOR, 'POST', '/api/v1/organizations', {
      name: 'Acme',
      country: 'DE',
      currency: 'EUR',
      ...overrides,
    });
    if (status !== 201) throw new Error(`creating an organisation answered ${status}: ${JSON.stringify(body)}`);
    return { id: body.id, adminKey: body.adminKey, admin: adminOf(body.id) };
  }

  /** One statement as the given URL's role. */
  async sql(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: url, options: '-c search_path=accounts' });
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}
