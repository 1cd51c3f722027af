import { Module } from '@nestjs/common';
import { TenantDatabase } from '@tollgate/platform/database';
import { createHttpApp, notFound, signInternalToken, type Caller } from '@tollgate/platform/http';
import { ChargeApplier } from '../apply-charges/charge-applier';
import { OrganizationDirectory } from '../organization-directory';
import { idOf, sampleCharge } from '../sample-charge';
import { openSampleDatabase } from '../sample-database';
import { SpendController } from './spend.controller';
import { SpendReader } from './spend-reader';

const SECRET = 'a-secret-of-the-specs';
const NOW = Date.parse('2026-10-20T12:00:00Z');
const organizations = new Map(
  [idOf('acme'), idOf('globex'), idOf('empty')].map((id) => [id, { currency: 'EUR', timeZone: 'Europe/Berlin' }]),
);

const openai = { provider: 'openai', model: 'gpt-4o' };
const claude = { provider: 'anthropic', model: 'claude-sonnet-4-5' };

/** Seven charges in Berlin, which is UTC+2 until 25 October: 14 October there begins at 22:00 UTC on the 13th. */
const charges = [
  sampleCharge('1', {
    ...openai,
    occurredAt: '2026-10-14T08:10:00Z',
    amount: '1.10',
    cost: '1.00',
    tags: { project: 'search', team: 'core' },
    timeToFirstTokenMs: 120,
  }),
  sampleCharge('2', {
    ...openai,
    occurredAt: '2026-10-14T21:59:59Z',
    amount: '2.20',
    cost: '2.00',
    tags: { project: 'search' },
    latencyMs: 1_000,
  }),
  sampleCharge('3', {
    ...openai,
    occurredAt: '2026-10-14T22:00:00Z',
    amount: '0.30',
    cost: '0.25',
    tags: { project: 'chat' },
    estimated: true,
  }),
  sampleCharge('4', {
    ...claude,
    occurredAt: '2026-10-16T10:30:00Z',
    amount: '0',
    cost: '4',
    direct: '4',
    ownConnection: true,
    tags: {},
    quantities: { input_tokens: '7', images: '2' },
  }),
  sampleCharge('5', {
    ...claude,
    occurredAt: '2026-10-16T10:31:00Z',
    amount: '-0.05',
    cost: '-0.04',
    tags: {},
    correctsChargeId: idOf('4'),
    requests: 0,
    quantities: { input_tokens: '-7' },
  }),
  sampleCharge('6', { ...openai, occurredAt: '2026-09-30T21:00:00Z', period: '2026-09', amount: '50', cost: '50' }),
  sampleCharge('7', { ...openai, organizationId: idOf('globex'), amount: '999', cost: '999' }),
];

/** A row of spend or usage. */
export type Row = Record<string, unknown> & { quantities: Record<string, string> };
/** What REST answered. */
export interface Answer {
  status: number;
  body: {
    total: string;
    totals: Record<string, unknown>;
    rows: Row[];
    next: string | null;
    from: string;
    to: string;
    widened: boolean;
    parked: number;
    currency: string;
    fix?: string;
    detail?: string;
  };
}

/** For this service's specs: spend over REST, without Kafka, with the charges above applied on 20 October 2026. */
export async function openSampleSpend(ownerUrl: string) {
  const database = await openSampleDatabase(ownerUrl);
  const get = (id: string) => {
    const found = organizations.get(id);
    if (!found) throw notFound('organisation', id);
    return found;
  };
  @Module({
    controllers: [SpendController],
    providers: [
      SpendReader,
      { provide: TenantDatabase, useValue: database.tenants },
      { provide: OrganizationDirectory, useValue: { get } },
    ],
  })
  class SpendModule {}
  const options = {
    service: 'aggregation',
    port: 0,
    host: '127.0.0.1',
    internalSecret: SECRET,
    clock: { now: () => NOW },
    handleSignals: false,
  };
  const app = await createHttpApp(SpendModule, options);
  await new ChargeApplier(database.consumers).apply(charges);
  return {
    database,
    /** Asks as a key of `acme` that may read money. */
    async get(path: string, over: Partial<Caller> = {}): Promise<Answer> {
      const caller: Caller = {
        organizationId: idOf('acme'),
        keyId: 'k',
        scopes: ['billing:read'],
        operator: false,
        project: null,
        ...over,
      };
      const response = await app.inject({
        url: `/api/v1/${path}`,
        headers: { 'x-tollgate-internal': await signInternalToken(caller, SECRET, NOW) },
      });
      return { status: response.statusCode, body: response.json() };
    },
    async close() {
      await app.close();
      await database.close();
    },
  };
}
