import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { ChargePosted } from '@tollgate/contracts';
import { PoisonRecordError } from '@tollgate/platform/kafka';
import { freshDatabase } from '@tollgate/testing';
import { idOf, sampleCharge } from '../sample-charge';
import { openSampleDatabase, type SampleDatabase } from '../sample-database';
import { ChargeApplier } from './charge-applier';
import { factOf } from './charge-facts';
import { DimensionIds } from './dimension-ids';
import { RecentPruner } from './recent-pruner';

let sample: SampleDatabase;
beforeAll(async () => {
  sample = await openSampleDatabase(await freshDatabase(inject('databaseUrl'), 'aggregation'));
});
afterAll(() => sample.close());
beforeEach(() =>
  sample.asOwner(
    'TRUNCATE dimensions, applied_charges, rollup_hour, rollup_day, rollup_hour_unit, rollup_day_unit, recent_totals, parked_usage',
  ),
);

/** Everything that the charges led to, without the interned ids, whose order is by chance. */
async function books(): Promise<unknown> {
  const named = `n.organization_id::text || n.provider || '/' || n.model || '/' || n.project || '/' || n.team`;
  const rollups =
    await sample.asOwner(`SELECT t, ${named} AS dimension, bucket_start, period, charges, requests, estimated, trim_scale(amount) AS amount, trim_scale(cost) AS cost, trim_scale(direct) AS direct,
        latency_ms_sum, latency_count FROM (SELECT 'hour' AS t, * FROM rollup_hour UNION ALL SELECT 'day', * FROM rollup_day) r JOIN dimensions n ON n.id = r.dimension_id ORDER BY 1, 2, 3`);
  const units = await sample.asOwner(`SELECT t, ${named} AS dimension, bucket_start, unit, trim_scale(quantity) AS quantity
        FROM (SELECT 'hour' AS t, * FROM rollup_hour_unit UNION ALL SELECT 'day', * FROM rollup_day_unit) r JOIN dimensions n ON n.id = r.dimension_id ORDER BY 1, 2, 3, 4`);
  const recent = await sample.asOwner(
    'SELECT organization_id, period, rated_second, charges, requests, trim_scale(amount) AS amount, trim_scale(cost) AS cost FROM recent_totals ORDER BY 1, 2, 3',
  );
  const applied = await sample.asOwner('SELECT charge_id, organization_id FROM applied_charges ORDER BY 1');
  return { rollups, units, recent, applied };
}

describe('applying charges', () => {
  it('adds each to its hour and its day, worked out by hand', async () => {
    const applier = new ChargeApplier(sample.consumers);
    // Two in the local hour from 12:00 Berlin (10:00 UTC), one at 23:30 UTC, which is the next local day.
    await applier.apply([sampleCharge('a', { amount: '0.000000125' }), sampleCharge('b', { amount: '2' })]);
    await applier.apply([sampleCharge('c', { amount: '3', occurredAt: '2026-10-15T23:30:00Z' })]);
    const rows = await sample.asOwner(
      `SELECT 'hour' AS t, bucket_start AT TIME ZONE 'UTC' AS at, charges, amount FROM rollup_hour UNION ALL SELECT 'day', bucket_start AT TIME ZONE 'UTC', charges, amount FROM rollup_day ORDER BY 1 DESC, 2`,
    );
    expect(rows.map((row) => [row['t'], row['charges'], row['amount']])).toEqual([
      ['hour', '2', '2.000000125'], // 0.000000125 + 2
      ['hour', '1', '3'],
      ['day', '2', '2.000000125'],
      ['day', '1', '3'],
    ]);
    // input 100 + 100 on the first day.
    expect(
      await sample.asOwner(
        `SELECT trim_scale(quantity) AS quantity FROM rollup_day_unit WHERE unit = 'input_tokens' ORDER BY bucket_start`,
      ),
    ).toEqual([{ quantity: '200' }, { quantity: '100' }]);
  });
  it('changes nothing when charges come again, in the same batch or another', async () => {
    const applier = new ChargeApplier(sample.consumers);
    const charges = Array.from({ length: 20 }, (_, index) => sampleCharge(`r${index}`));
    expect(await applier.apply(charges)).toBe(20);
    const once = await books();
    expect(await applier.apply([...charges, ...charges])).toBe(0);
    expect(await new ChargeApplier(sample.consumers).apply([...charges].reverse())).toBe(0);
    expect(await applier.apply([])).toBe(0);
    expect(await books()).toEqual(once);
    expect(await applier.apply([sampleCharge('new'), sampleCharge('new'), ...charges])).toBe(1);
    expect(await sample.asOwner('SELECT sum(charges) AS charges FROM rollup_day')).toEqual([{ charges: '21' }]);
  });
  it('applies a correction as a charge of its own that counts no request', async () => {
    const applier = new ChargeApplier(sample.consumers);
    await applier.apply([sampleCharge('e', { estimated: true, amount: '5', quantities: { input_tokens: '500' } })]);
    await applier.apply([
      sampleCharge('e-correction', {
        eventId: idOf('e'),
        correctsChargeId: idOf('e'),
        requests: 0,
        amount: '-1.5',
        cost: '0',
        quantities: { input_tokens: '-150' },
      }),
    ]);
    expect(await sample.asOwner('SELECT charges, requests, estimated, trim_scale(amount) AS amount FROM rollup_day')).toEqual([
      { charges: '2', requests: '1', estimated: '1', amount: '3.5' },
    ]);
    expect(await sample.asOwner('SELECT trim_scale(quantity) AS quantity FROM rollup_day_unit')).toEqual([{ quantity: '350' }]); // 500 - 150
  });
  it('applies nothing of a batch with a charge that cannot be read', async () => {
    const applier = new ChargeApplier(sample.consumers);
    await expect(applier.apply([sampleCharge('ok'), sampleCharge('bad', { amount: 'much' })])).rejects.toThrow(PoisonRecordError);
    expect(await sample.asOwner('SELECT * FROM applied_charges')).toEqual([]);
  });
  it('commits the note and the effect together, or neither', async () => {
    const applier = new ChargeApplier(sample.consumers);
    await sample.asOwner('REVOKE INSERT ON recent_totals FROM tollgate_aggregation_consumer');
    await expect(applier.apply([sampleCharge('half')])).rejects.toMatchObject({ code: '42501' });
    await sample.asOwner('GRANT INSERT ON recent_totals TO tollgate_aggregation_consumer');
    expect(await sample.asOwner('SELECT count(*) FROM applied_charges')).toEqual([{ count: '0' }]);
    expect(await sample.asOwner('SELECT count(*) FROM rollup_hour')).toEqual([{ count: '0' }]);
    expect(await applier.apply([sampleCharge('half')])).toBe(1);
  });
  it('gives the same books in any order, any slicing, any repetition, by any number of processes at once', async () => {
    const shape = fc.record({ name: fc.integer({ min: 0, max: 30 }), times: fc.integer({ min: 1, max: 3 }) });
    const charge = (name: number): ChargePosted =>
      sampleCharge(`any${name}`, {
        organizationId: idOf(`org${name % 3}`),
        occurredAt: new Date(Date.UTC(2026, 9, 1 + (name % 4), name % 24, 17)).toISOString(),
        amount: `0.${name + 1}`,
        tags: { project: `p${name % 2}`, team: `t${name % 3}` },
        ratedAt: new Date(Date.UTC(2026, 9, 15, 10, 0, name % 5)).toISOString(),
      });
    await fc.assert(
      fc.asyncProperty(
        fc.array(shape, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer(),
        async (shapes, processes, seed) => {
          const empty = () =>
            sample.asOwner(
              'TRUNCATE dimensions, applied_charges, rollup_hour, rollup_day, rollup_hour_unit, rollup_day_unit, recent_totals',
            );
          await empty();
          await new ChargeApplier(sample.consumers).apply(shapes.map(({ name }) => charge(name)));
          const expected = await books();
          await empty();
          const repeated = shapes.flatMap(({ name, times }) => Array.from({ length: times }, () => charge(name)));
          const shuffled = repeated
            .map((one, index) => ({ one, at: Math.imul(index + 7, seed | 1) }))
            .sort((left, right) => left.at - right.at);
          const slices = Array.from({ length: processes }, (_, part) =>
            shuffled.filter((_, index) => index % processes === part).map(({ one }) => one),
          );
          // Each slice twice, by a process of its own, all at once.
          await Promise.all([...slices, ...slices].map((slice) => new ChargeApplier(sample.consumers).apply(slice)));
          expect(await books()).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });
  it('never deadlocks when processes add to the same rows', async () => {
    const charges = (part: number) =>
      Array.from({ length: 150 }, (_, index) =>
        sampleCharge(`d${part}-${index}`, {
          tags: { project: `p${(index * 7 + part) % 40}` },
          occurredAt: new Date(Date.UTC(2026, 9, 15, (index * 5 + part) % 24)).toISOString(),
        }),
      );
    const appliers = Array.from({ length: 5 }, () => new ChargeApplier(sample.consumers));
    await Promise.all(appliers.flatMap((applier, part) => [0, 1, 2, 3].map((round) => applier.apply(charges(part * 10 + round)))));
    expect(await sample.asOwner('SELECT sum(charges) AS charges FROM rollup_hour')).toEqual([{ charges: '3000' }]); // 5 × 4 × 150
  });
});

describe('interned dimensions', () => {
  it('have one row a combination and organisation, and stay within their bound of memory', async () => {
    const ids = new DimensionIds(sample.consumers, 10);
    const facts = (organization: string) =>
      Array.from({ length: 30 }, (_, index) =>
        factOf(sampleCharge(`i${index}`, { organizationId: idOf(organization), tags: { feature: `f${index}` } })),
      );
    const acme = facts('acme');
    const first = await ids.resolve(acme);
    const globex = facts('globex');
    const other = await ids.resolve(globex);
    const again = await new DimensionIds(sample.consumers).resolve(acme);
    expect(ids.size).toBe(10);
    expect(acme.map(again)).toEqual(acme.map(first));
    expect(new Set([...acme.map(first), ...globex.map(other)]).size).toBe(60);
    expect(await sample.asOwner('SELECT count(*) FROM dimensions')).toEqual([{ count: '60' }]);
  });
  it('are the same for processes that meet a combination at once', async () => {
    const facts = Array.from({ length: 50 }, (_, index) => factOf(sampleCharge(`m${index}`, { tags: { env: `e${index}` } })));
    const resolved = await Promise.all([1, 2, 3, 4].map(() => new DimensionIds(sample.consumers).resolve([...facts].reverse())));
    expect(new Set(resolved.map((idOfFact) => facts.map(idOfFact).join())).size).toBe(1);
  });
});

describe('recent totals', () => {
  it('are forgotten after an hour, the younger ones kept', async () => {
    await new ChargeApplier(sample.consumers).apply([
      sampleCharge('old', { ratedAt: '2026-10-15T09:00:00Z' }),
      sampleCharge('young', { ratedAt: '2026-10-15T10:00:00Z' }),
    ]);
    const pruner = new RecentPruner(sample.consumers, { now: () => Date.parse('2026-10-15T10:30:00Z') });
    expect(await pruner.prune()).toBe(1);
    expect(await sample.asOwner('SELECT rated_second FROM recent_totals')).toEqual([{ rated_second: new Date('2026-10-15T10:00:00Z') }]);
  });
});
