import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { TenantDatabase } from '@tollgate/platform/database';
import { createHttpApp, notFound, signInternalToken, type Caller } from '@tollgate/platform/http';
import { freshDatabase } from '@tollgate/testing';
import { ChargeApplier } from '../apply-charges/charge-applier';
import { noteParked } from '../count-parked/note-parked';
import { OrganizationDirectory } from '../organization-directory';
import { idOf, sampleCharge, sampleParked } from '../sample-charge';
import { openSampleDatabase, type SampleDatabase } from '../sample-database';
import { SpendController } from './spend.controller';
import { SpendReader } from './spend-reader';

const SECRET = 'a-secret-of-the-specs';
const NOW = Date.parse('2026-10-20T12:00:00Z');
const organizations = new Map(
  [idOf('acme'), idOf('globex'), idOf('empty')].map((id) => [id, { currency: 'EUR', timeZone: 'Europe/Berlin' }]),
);

let sample: SampleDatabase;
let app: NestFastifyApplication;

beforeAll(async () => {
  sample = await openSampleDatabase(await freshDatabase(inject('databaseUrl'), 'spend'));
  const directory = { get: (id: string) => organizations.get(id) ?? (() => { throw notFound('organisation', id); })() }; // prettier-ignore
  @Module({
    controllers: [SpendController],
    providers: [
      SpendReader,
      { provide: TenantDatabase, useValue: sample.tenants },
      { provide: OrganizationDirectory, useValue: directory },
    ],
  })
  class SpendModule {}
  app = await createHttpApp(SpendModule, {
    service: 'aggregation',
    port: 0,
    host: '127.0.0.1',
    internalSecret: SECRET,
    clock: { now: () => NOW },
    handleSignals: false,
  });
  const openai = { provider: 'openai', model: 'gpt-4o' };
  const claude = { provider: 'anthropic', model: 'claude-sonnet-4-5' };
  await new ChargeApplier(sample.consumers).apply([
    // Berlin is UTC+2 until 25 October: 14 October there begins at 22:00 UTC on the 13th.
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
  ]);
});
afterAll(async () => {
  await app.close();
  await sample.close();
});

type Row = Record<string, unknown> & { quantities: Record<string, string> };
interface Answer {
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
async function get(path: string, over: Partial<Caller> = {}): Promise<Answer> {
  const caller: Caller = { organizationId: idOf('acme'), keyId: 'k', scopes: ['billing:read'], operator: false, project: null, ...over };
  const response = await app.inject({
    url: `/api/v1/${path}`,
    headers: { 'x-tollgate-internal': await signInternalToken(caller, SECRET, NOW) },
  });
  return { status: response.statusCode, body: response.json() };
}
const pick = (rows: Row[], ...names: string[]) => rows.map((row) => names.map((name) => row[name]));

describe('spend', () => {
  it('is the current month of the organisation’s zone by default, in its currency', async () => {
    const { body } = await get('spend');
    // 1.10 + 2.20 + 0.30 + 0 - 0.05 = 3.55; cost 1 + 2 + 0.25 + 4 - 0.04 = 7.21; charge 6 fell into September in Berlin (23:00 on the 30th).
    expect(body).toMatchObject({
      currency: 'EUR',
      total: '3.55',
      from: '2026-09-30T22:00:00.000Z',
      to: '2026-10-31T23:00:00.000Z',
      widened: false,
      parked: 0,
      next: null,
    });
    expect(body.totals).toEqual({ amount: '3.55', cost: '7.21', direct: '4', charges: 5, requests: 4, estimated: 1 });
    // input 100 × 3 + 7 - 7 = 300, output 20 × 3, requests unit 1 × 3, images 2.
    expect(body.rows).toEqual([
      {
        amount: '3.55',
        cost: '7.21',
        direct: '4',
        charges: 5,
        requests: 4,
        estimated: 1,
        quantities: { input_tokens: '300', output_tokens: '60', requests: '3', images: '2' },
      },
    ]);
  });
  it('groups by any of the dimensions; untagged is null', async () => {
    const { body } = await get('spend?groupBy=provider,model,project');
    expect(pick(body.rows, 'provider', 'model', 'project', 'amount', 'cost', 'requests')).toEqual([
      ['anthropic', 'claude-sonnet-4-5', null, '-0.05', '3.96', 1], // 0 - 0.05; 4 - 0.04
      ['openai', 'gpt-4o', 'chat', '0.3', '0.25', 1],
      ['openai', 'gpt-4o', 'search', '3.3', '3', 2], // 1.10 + 2.20
    ]);
    expect(body.rows[0]?.quantities).toEqual({ images: '2' });
    expect(pick((await get('spend?groupBy=team&groupBy=key')).body.rows, 'team', 'key', 'amount')).toEqual([
      [null, idOf('key'), '2.45'], // 2.20 + 0.30 - 0.05
      ['core', idOf('key'), '1.1'],
    ]);
  });
  it('filters by any of several values in each dimension, and by untagged', async () => {
    expect((await get('spend?filter[project]=search')).body.total).toBe('3.3');
    expect((await get('spend?filter[project]=search&filter[project]=chat')).body.total).toBe('3.6');
    expect((await get('spend?filter[project]=search&filter[team]=core')).body.total).toBe('1.1');
    expect((await get('spend?filter[project]=')).body.total).toBe('-0.05');
    expect((await get('spend?filter[provider]=nobody')).body).toMatchObject({ total: '0', rows: [] });
    expect((await get(`spend?filter[model]=${encodeURIComponent("x' OR 1=1 --")}`)).body.rows).toEqual([]);
  });
  it('splits by the zone’s days and hours', async () => {
    const days = (await get('spend?granularity=day')).body.rows;
    expect(pick(days, 'start', 'amount')).toEqual([
      ['2026-10-13T22:00:00.000Z', '3.3'],
      ['2026-10-14T22:00:00.000Z', '0.3'],
      ['2026-10-15T22:00:00.000Z', '-0.05'],
    ]);
    const hours = (await get('spend?granularity=hour&groupBy=provider')).body.rows;
    expect(pick(hours, 'start', 'provider', 'amount')).toEqual([
      ['2026-10-14T08:00:00.000Z', 'openai', '1.1'],
      ['2026-10-14T21:00:00.000Z', 'openai', '2.2'],
      ['2026-10-14T22:00:00.000Z', 'openai', '0.3'],
      ['2026-10-16T10:00:00.000Z', 'anthropic', '-0.05'],
    ]);
  });
  it('widens bounds outward to the hour, says so, and cuts days by their hours', async () => {
    const { body } = await get('spend?from=2026-10-14T08:40:00Z&to=2026-10-14T23:10:00%2B01:00&granularity=day');
    // 23:10 at +01:00 is 22:10 UTC, so up to 23:00 UTC: charges 1, 2 and 3, the third on the next local day.
    expect(body).toMatchObject({ from: '2026-10-14T08:00:00.000Z', to: '2026-10-14T23:00:00.000Z', widened: true, total: '3.6' });
    expect(pick(body.rows, 'start', 'amount')).toEqual([
      ['2026-10-13T22:00:00.000Z', '3.3'],
      ['2026-10-14T22:00:00.000Z', '0.3'],
    ]);
    expect((await get('spend?from=2026-10-14T09:00:00Z&to=2026-10-14T22:00:00Z')).body.total).toBe('2.2');
  });
  it('pages without loss or repetition; totals stay those of all pages', async () => {
    const seen: unknown[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages += 1) {
      const { body } = await get(`spend?granularity=hour&groupBy=provider,project&limit=1${cursor}`);
      seen.push(...pick(body.rows, 'start', 'provider', 'project', 'amount'));
      expect([body.total, body.rows.length]).toEqual(['3.55', 1]);
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual(
      pick((await get('spend?granularity=hour&groupBy=provider,project')).body.rows, 'start', 'provider', 'project', 'amount'),
    );
    expect(seen).toHaveLength(4);
  });
  it('is zero and empty for an organisation without usage', async () => {
    const { body } = await get('spend?groupBy=provider', { organizationId: idOf('empty') });
    expect(body).toMatchObject({
      total: '0',
      rows: [],
      parked: 0,
      totals: { amount: '0', cost: '0', direct: '0', charges: 0, requests: 0, estimated: 0 },
    });
    expect((await get('spend', { organizationId: idOf('empty') })).body.rows).toEqual([]);
  });
  it('shows each organisation its own alone', async () => {
    expect((await get('spend', { organizationId: idOf('globex') })).body.total).toBe('999');
    expect((await get('spend', { organizationId: idOf('nobody') })).status).toBe(404);
    expect((await get('spend', { scopes: ['inference'] })).status).toBe(403);
    for (const table of [
      'dimensions',
      'applied_charges',
      'rollup_hour',
      'rollup_day',
      'rollup_hour_unit',
      'rollup_day_unit',
      'recent_totals',
      'parked_usage',
    ]) {
      const foreign = await sample.tenants.run(idOf('acme'), (em) =>
        em.query(`SELECT organization_id FROM ${table} WHERE organization_id <> $1`, [idOf('acme')]),
      );
      expect(foreign).toEqual([]);
      expect(await sample.dataSource.query(`SELECT * FROM ${table}`)).toEqual([]);
      await expect(sample.dataSource.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '42501' });
    }
  });
  it.each([
    ['granularity=week', 'Use one of: total, day, hour.'],
    ['groupBy=colour', 'Use one of: provider, model, project, team, env, feature, key.'],
    ['from=yesterday', 'Correct from.'],
    ['from=2026-10-15', 'Correct from.'],
    ['from=2026-10-20T00:00:00Z&to=2026-10-19T00:00:00Z', 'Send a `to` that is later than `from`.'],
    ['from=2026-10-20T00:00:00Z&to=2026-10-20T00:00:00Z', 'Send a `to` that is later than `from`.'],
    ['filter[colour]=red', 'Remove filter[colour] or correct its spelling.'],
    ['limit=0', 'Change limit to be at least 1.'],
    ['limit=1001', 'Change limit to be at most 1000.'],
    ['cursor=nonsense', 'Send `next` of the page before unchanged, or leave the cursor out to begin anew.'],
    ['filter[project]=a%00b', 'Check numbers, times and texts; texts must not hold a NUL character.'],
  ])('refuses %s and says what to do', async (query, fix) => {
    expect(await get(`spend?${query}`)).toMatchObject({ status: 400, body: { fix } });
  });
});

describe('usage', () => {
  it('has quantities and latencies, and no money', async () => {
    const { body } = await get('usage?groupBy=provider');
    // openai: latencies 800 + 1000 + 800 = 2600 over 3 = 867; one streamed answer with 120 ms. The correction of anthropic's brings none.
    expect(body.rows).toEqual([
      {
        provider: 'anthropic',
        charges: 2,
        requests: 1,
        estimated: 0,
        latencyMsAverage: 800,
        firstTokenMsAverage: null,
        quantities: { images: '2' },
      },
      {
        provider: 'openai',
        charges: 3,
        requests: 3,
        estimated: 1,
        latencyMsAverage: 867,
        firstTokenMsAverage: 120,
        quantities: { input_tokens: '300', output_tokens: '60', requests: '3' },
      },
    ]);
    expect(body.totals).toMatchObject({ requests: 4, quantities: { input_tokens: '300', images: '2' } });
    expect(JSON.stringify(body)).not.toMatch(/amount|cost/);
  });
});

describe('parked usage', () => {
  it('is counted beside the spend until its charge arrives, whichever came first', async () => {
    const parked = ['p1', 'p2', 'p3'].map((name) => sampleParked(name, { tags: { project: 'lab' } }));
    await new ChargeApplier(sample.consumers).apply([sampleCharge('p3', { amount: '0', tags: { project: 'lab' } })]);
    await noteParked(sample.consumers, parked);
    await noteParked(sample.consumers, [...parked, ...parked]);
    expect((await get('spend?filter[project]=lab')).body.parked).toBe(2);
    await new ChargeApplier(sample.consumers).apply([sampleCharge('p1', { amount: '0', tags: { project: 'lab' } })]);
    expect((await get('spend?filter[project]=lab')).body.parked).toBe(1);
    expect((await get('spend?filter[project]=search')).body.parked).toBe(0);
    expect((await get('spend?to=2026-10-01T00:00:00Z')).body.parked).toBe(0);
  });
});
