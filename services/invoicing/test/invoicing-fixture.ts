import { createHash } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Outcome, type ChargePosted, type Organization } from '@tollgate/contracts';
import { CLOCK, loadConfig, type Clock } from '@tollgate/platform/config';
import { ConsumerDatabase, OutboxRelay, TenantDatabase, createDataSource } from '@tollgate/platform/database';
import { Problem, createHttpApp, notFound, serviceToken, signInternalToken, type Caller } from '@tollgate/platform/http';
import { freshDatabase } from '@tollgate/testing';
import { Client } from 'pg';
import { inject } from 'vitest';
import { RecentPruner } from '../src/accrue-charges/recent-pruner';
import { accrueCharges } from '../src/accrue-charges/accrue-charges';
import { BillingSettingsController } from '../src/billing-settings/billing-settings.controller';
import { ChangeSettingsHandler } from '../src/billing-settings/change-settings.handler';
import { SettingsStore } from '../src/billing-settings/settings-store';
import { BooksController } from '../src/check-books/books.controller';
import { migrateSchema } from '../src/db/migrate-schema';
import { AutoDrafter } from '../src/draft-invoices/auto-drafter';
import { DraftInvoiceHandler } from '../src/draft-invoices/draft-invoice.handler';
import { FinalizeInvoiceHandler } from '../src/finalize-invoices/finalize-invoice.handler';
import { MonthFinality } from '../src/finalize-invoices/month-finality';
import { OrganizationDirectory } from '../src/http/organization-directory';
import { invoicingConfig } from '../src/invoicing-config';
import { PdfRenderer } from '../src/render-pdf/pdf-renderer';
import { InvoicesController } from '../src/show-invoices/invoices.controller';

const SECRET = 'internal-secret-of-the-specs';

/** The environment of a seller in Berlin. */
export const SELLER = {
  TOLLGATE_SELLER_NAME: 'Tollgate Operations GmbH',
  TOLLGATE_SELLER_ADDRESS: 'Lindenstraße 12|10969 Berlin',
  TOLLGATE_SELLER_COUNTRY: 'DE',
  TOLLGATE_SELLER_VAT_ID: 'DE123456788',
  TOLLGATE_SELLER_IBAN: 'DE02120300000000202051',
  TOLLGATE_SELLER_TIME_ZONE: 'Europe/Berlin',
};

/** A UUID that is the same for the same name. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A charge of the organisation `acme` for October, rated at 10:20:31. */
export function charge(name: string, amount: string, over: Partial<ChargePosted> = {}): ChargePosted {
  const id = idOf(name);
  return {
    chargeId: id,
    eventId: id,
    organizationId: idOf('acme'),
    requestId: id,
    attempt: 1,
    occurredAt: '2026-10-15T10:20:30.000Z',
    receivedAt: '2026-10-15T10:20:30.500Z',
    ratedAt: '2026-10-15T10:20:31.250Z',
    timeZone: 'Europe/Berlin',
    period: '2026-10',
    provider: 'openai',
    model: 'gpt-4o',
    connectionId: '',
    ownConnection: false,
    operation: 'chat',
    outcome: Outcome.OUTCOME_ANSWERED,
    quantities: { input_tokens: '100' },
    attributes: {},
    tags: { project: 'search' },
    keyId: idOf('key'),
    grants: [],
    estimated: false,
    latencyMs: 800,
    timeToFirstTokenMs: 0,
    streamed: false,
    status: 200,
    currency: 'EUR',
    cost: amount,
    amount,
    direct: '0',
    lines: [],
    fx: undefined,
    correctsChargeId: '',
    reason: '',
    requests: 1,
    source: '',
    sourceId: '',
    ...over,
  };
}

/** A customer in Germany, unless told otherwise. */
export function organization(name: string, over: Partial<Organization> = {}): Organization {
  return {
    id: idOf(name),
    name,
    country: 'DE',
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    status: 'active',
    requiredTags: [],
    missingTags: 'untagged',
    vatId: '',
    legalName: `${name} AG`,
    addressLines: ['Hauptstraße 1', '20095 Hamburg'],
    ...over,
  };
}

export const OPERATOR: Caller = { organizationId: null, keyId: 'operator-key', scopes: ['operator'], operator: true, project: null };

/** Finance of an organisation. */
export function financeOf(name: string): Caller {
  return {
    organizationId: idOf(name),
    keyId: `finance-of-${name}`,
    scopes: ['billing:read', 'billing:write'],
    operator: false,
    project: null,
  };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- specs look into whatever was answered
export type Answer = { status: number; body: any; headers: Record<string, unknown>; raw: Buffer };

/** The service's REST side and its consumer's work on a database of its own; the month's finality, the directory and the clock are set by the spec. */
export class InvoicingFixture {
  readonly organizations = new Map<string, Organization>();
  now = Date.parse('2026-11-04T09:00:00Z');
  /** What pricing says of a month: empty when it is final. */
  notFinal = '';
  app!: NestFastifyApplication;

  private constructor(
    readonly urls: { owner: string; rest: string; consumer: string },
    readonly tenants: TenantDatabase,
    readonly consumers: ConsumerDatabase,
    private readonly owner: Client,
  ) {}

  static async start(environment: Record<string, string> = SELLER): Promise<InvoicingFixture> {
    const ownerUrl = await freshDatabase(inject('databaseUrl'), 'invoicing');
    const urls = {
      owner: ownerUrl,
      rest: asRole(ownerUrl, 'tollgate_invoicing'),
      consumer: asRole(ownerUrl, 'tollgate_invoicing_consumer'),
    };
    await migrateSchema(urls.owner, urls.rest, urls.consumer);
    const tenants = new TenantDatabase(createDataSource({ url: urls.rest, schema: 'invoicing', entities: [], applicationName: 'spec' }));
    const consumers = new ConsumerDatabase({ url: urls.consumer, schema: 'invoicing', applicationName: 'spec', poolSize: 6 });
    const owner = new Client({ connectionString: ownerUrl, options: '-c search_path=invoicing' });
    await owner.connect();
    const fixture = new InvoicingFixture(urls, tenants, consumers, owner);
    fixture.organizations.set(idOf('acme'), organization('acme'));
    await fixture.boot(environment);
    return fixture;
  }

  private async boot(environment: Record<string, string>): Promise<void> {
    const config = loadConfig(invoicingConfig, {
      KAFKA_BROKERS: 'unused:1',
      TOLLGATE_INTERNAL_SECRET: SECRET,
      TOLLGATE_DB_URL: this.urls.rest,
      TOLLGATE_CONSUMER_DB_URL: this.urls.consumer,
      ...environment,
    });
    const directory = {
      find: (id: string) => this.organizations.get(id),
      get: (id: string) => this.organizations.get(id) ?? raise(notFound('organisation', id)),
    };
    const finality = {
      require: async () =>
        this.notFinal ? raise(new Problem({ status: 409, code: 'month_not_final', title: '', detail: this.notFinal })) : undefined,
    };
    @Module({
      controllers: [InvoicesController, BillingSettingsController, BooksController],
      providers: [
        { provide: TenantDatabase, useValue: this.tenants },
        { provide: ConsumerDatabase, useValue: this.consumers },
        { provide: OrganizationDirectory, useValue: directory },
        { provide: MonthFinality, useValue: finality },
        { provide: OutboxRelay, useValue: { nudge: () => undefined } },
        { provide: SettingsStore, useFactory: () => new SettingsStore(config) },
        ...[ChangeSettingsHandler, DraftInvoiceHandler, FinalizeInvoiceHandler, AutoDrafter, RecentPruner, PdfRenderer],
      ],
    })
    class SpecModule {}
    const clock: Clock = { now: () => this.now };
    this.app = await createHttpApp(SpecModule, {
      service: 'invoicing',
      port: 0,
      host: '127.0.0.1',
      internalSecret: SECRET,
      clock,
      handleSignals: false,
    });
    if (this.app.get<Clock>(CLOCK) !== clock) throw new Error('the spec must own the clock');
  }

  /** Applies charges as the consumer does; returns how many were new. */
  accrue(...charges: ChargePosted[]): Promise<number> {
    return accrueCharges(this.consumers, charges);
  }

  async call(
    caller: Caller,
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.send(await signInternalToken(caller, SECRET, this.now), method, url, body, headers);
  }

  /** As another service of ours. */
  async ask(url: string): Promise<Answer> {
    return this.send(await serviceToken('pricing', SECRET, this.now), 'GET', url);
  }

  private async send(
    token: string,
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await this.app.inject({
      method,
      url,
      headers: { 'x-tollgate-internal': token, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    const isJson = String(response.headers['content-type']).includes('json');
    return {
      status: response.statusCode,
      body: isJson ? response.json() : response.body,
      headers: response.headers,
      raw: response.rawPayload,
    };
  }

  /** Drafts and finalises a month of `name`. */
  async invoice(name: string, period: string): Promise<Answer> {
    const draft = await this.call(financeOf(name), 'POST', '/api/v1/invoices', { period });
    return this.call(financeOf(name), 'POST', `/api/v1/invoices/${draft.body.id}/finalize`);
  }

  /** Runs SQL as the owner, whom row-level security does not bind here: to look at everything, and to plant faults. */
  async asOwner<R = Record<string, string>>(sql: string, values: unknown[] = []): Promise<R[]> {
    return (await this.owner.query(sql, values)).rows as R[];
  }

  async stop(): Promise<void> {
    await this.app.close();
    await Promise.all([this.tenants.close(), this.consumers.close(), this.owner.end()]);
  }
}

function asRole(ownerUrl: string, role: string): string {
  return Object.assign(new URL(ownerUrl), { username: role, password: 'of-the-specs' }).toString();
}

function raise(error: Error): never {
  throw error;
}
