import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PoisonRecordError } from '@tollgate/platform/kafka';
import { InvoicingFixture, charge, financeOf, idOf, organization } from './invoicing-fixture';

let invoicing: InvoicingFixture;
beforeAll(async () => {
  invoicing = await InvoicingFixture.start();
});
afterAll(() => invoicing.stop());

interface Total {
  charges: string;
  requests: string;
  accrued: string;
  notes: string;
}

async function total(organizationId: string): Promise<Total> {
  const [row] = await invoicing.asOwner<Total & object>(
    `SELECT coalesce(sum(charges), 0)::text AS charges, coalesce(sum(requests), 0)::text AS requests, trim_scale(coalesce(sum(accrued), 0))::text AS accrued,
       (SELECT count(*)::text FROM applied_charges WHERE organization_id = $1) AS notes
     FROM accruals WHERE organization_id = $1`,
    [organizationId],
  );
  return row!;
}

describe('accruing', () => {
  it('counts a charge once, whatever the order, slicing and repetition', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 2 })), { minLength: 1, maxLength: 30 }),
        fc.nat({ max: 10 }),
        async (sent, size) => {
          run += 1;
          const organizationId = idOf(`property ${run}`);
          const of = (index: number) =>
            charge(`property ${run} ${index}`, `${index}.${index}1`, {
              organizationId,
              model: `m${index % 3}`,
              period: index % 2 ? '2026-10' : '2026-09',
            });
          const batches = [];
          for (let start = 0; start < sent.length; start += size + 1)
            batches.push(sent.slice(start, start + size + 1).map(([index]) => of(index)));
          await Promise.all(batches.map((batch) => invoicing.accrue(...batch)));
          const distinct = [...new Set(sent.map(([index]) => index))];
          // Each is i + i/10 + 1/100.
          const hundredths = distinct.reduce((sum, index) => sum + index * 110 + 1, 0);
          expect(await total(organizationId)).toEqual({
            charges: String(distinct.length),
            requests: String(distinct.length),
            accrued: String(hundredths / 100),
            notes: String(distinct.length),
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('never deadlocks, whatever rows concurrent batches share', async () => {
    const organizationId = idOf('crowded');
    const batch = (seed: number) =>
      Array.from({ length: 40 }, (_, index) =>
        charge(`crowded ${seed} ${index}`, '1', {
          organizationId: index % 5 ? organizationId : idOf(`neighbour ${index % 3}`),
          model: `m${(index * (seed + 7)) % 11}`,
          ratedAt: `2026-10-15T10:20:${10 + ((index * seed) % 30)}Z`,
        }),
      );
    await Promise.all(Array.from({ length: 12 }, (_, seed) => invoicing.accrue(...batch(seed))));
    // 12 batches of 40, of which every fifth is a neighbour's: 12 x 32
    expect(await total(organizationId)).toMatchObject({ charges: '384', accrued: '384' });
  });

  it('commits the note and the effect together, or neither', async () => {
    const organizationId = idOf('unlucky');
    await expect(invoicing.accrue(charge('u1', '1', { organizationId }), charge('u2', 'much', { organizationId }))).rejects.toThrow(
      PoisonRecordError,
    );
    await expect(
      invoicing.accrue(charge('u1', '1', { organizationId }), charge('u3', '1', { organizationId, ratedAt: '9999999-01-01' })),
    ).rejects.toThrow();
    expect(await total(organizationId)).toMatchObject({ charges: '0', notes: '0' });
    expect(await invoicing.accrue(charge('u1', '1', { organizationId }))).toBe(1);
  });

  it.each([
    ['period', { period: '2026-1' }],
    ['currency', { currency: 'BTC' }],
    ['ratedAt', { ratedAt: 'yesterday' }],
    ['chargeId', { chargeId: '7' }],
    ['organizationId', { organizationId: '' }],
    ['cost', { cost: '1e3' }],
    ['direct', { direct: '' }],
    ['model', { model: 'a\0b' }],
  ])('sets a charge aside whose %s cannot be read', async (member, over) => {
    await expect(invoicing.accrue(charge('poison', '1', over))).rejects.toThrow(new RegExp(`^${member}`));
  });

  it('keeps out while an invoice of the organisation is finalised, so that each charge is on one side of it', async () => {
    const name = 'racing';
    const organizationId = idOf(name);
    invoicing.organizations.set(organizationId, organization(name));
    await invoicing.accrue(charge('race 0', '1', { organizationId }));
    const draft = await invoicing.call(financeOf(name), 'POST', '/api/v1/invoices', { period: '2026-10' });
    const stream = async (lane: number) => {
      for (let index = 1; index <= 30; index += 1)
        await invoicing.accrue(charge(`race ${lane} ${index}`, '1', { organizationId, model: `m${index % 4}` }));
    };
    const [finalized] = await Promise.all([
      new Promise((resolve) => setTimeout(resolve, 40)).then(() =>
        invoicing.call(financeOf(name), 'POST', `/api/v1/invoices/${draft.body.id}/finalize`),
      ),
      stream(1),
      stream(2),
    ]);
    expect(finalized.status).toBe(200);
    const open = await total(organizationId);
    // 1 + 2 x 30 charges of 1 each
    expect(Number(finalized.body.exactNet) + Number(open.accrued)).toBe(61);
    const lines = await invoicing.asOwner<{ stated: string; noted: string }>(
      `SELECT l.charges AS stated, (SELECT count(*) FROM applied_charges c WHERE c.accrual_id = l.accrual_id AND c.generation = l.generation) AS noted
       FROM invoice_lines l WHERE organization_id = $1`,
      [organizationId],
    );
    for (const { stated, noted } of lines) expect(noted).toBe(stated);
  });
});

describe('recent totals', () => {
  it('are forgotten after an hour', async () => {
    await invoicing.asOwner('DELETE FROM recent_totals');
    await invoicing.accrue(charge('r1', '1', { ratedAt: '2026-11-04T07:59:59Z' }), charge('r2', '1', { ratedAt: '2026-11-04T08:00:00Z' }));
    const { RecentPruner } = await import('../src/accrue-charges/recent-pruner');
    expect(await invoicing.app.get(RecentPruner).prune()).toBe(1);
    expect(await invoicing.asOwner('SELECT charges FROM recent_totals')).toEqual([{ charges: '1' }]);
  });
});
