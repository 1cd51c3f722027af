import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshDatabase } from '@tollgate/testing';
import { idOf } from '../sample-charge';
import { openSampleSpend, type Row } from './sample-spend';

let sample: Awaited<ReturnType<typeof openSampleSpend>>;
const get: typeof sample.get = (path, over) => sample.get(path, over);
beforeAll(async () => {
  sample = await openSampleSpend(await freshDatabase(inject('databaseUrl'), 'spend'));
});
afterAll(() => sample.close());

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
      const foreign = await sample.database.tenants.run(idOf('acme'), (em) =>
        em.query(`SELECT organization_id FROM ${table} WHERE organization_id <> $1`, [idOf('acme')]),
      );
      expect(foreign).toEqual([]);
      expect(await sample.database.dataSource.query(`SELECT * FROM ${table}`)).toEqual([]);
      await expect(sample.database.dataSource.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '42501' });
    }
  });
  it.each([
    ['granularity=week', 'Use one of: total, day, hour.'],
    ['groupBy=colour', 'Use one of: provider, model, project, team, env, feature, key.'],
    ['from=yesterday', 'Correct from.'],
    ['from=2026-10-15', 'Correct from.'],
    ['from=0001-01-01T00:00:00Z', 'Correct from.'],
    ['to=9999-12-31T23:59:59Z', 'Correct to.'],
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
  it.each([
    'from=1970-01-01T00:00:00Z',
    'to=2100-01-01T00:00:00Z&granularity=hour',
    'from=1999-12-31T00:00:00Z&granularity=day&groupBy=key,env',
    'filter[project]=&filter[project]=%F0%9F%92%B8',
  ])('answers the extreme %s', async (query) => expect((await get(`spend?${query}`)).status).toBe(200));
});
