import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '@tollgate/domain';
import { idOf, sampleCharge } from '../sample-charge';
import { factOf, type ChargeFact } from './charge-facts';
import { sumFacts, type BatchSums } from './sum-facts';

/** Ids belong to one organisation each, as the table's do. */
const dimensionIdOf = ({ dimension }: ChargeFact) =>
  String((dimension.organizationId === idOf('acme') ? 1 : 3) + (dimension.project === 'search' ? 0 : 1));
/** Plain text, so that two sums can be compared whatever their scale. */
const readable = (sums: BatchSums) =>
  JSON.stringify(sums, (_, value: unknown) =>
    value instanceof Decimal
      ? value.toString()
      : value instanceof Map
        ? [...value.keys()].sort().map((unit) => [unit, String(value.get(unit))])
        : value,
  );

describe('sums of a batch', () => {
  it('has one row an hour, a day and a second of rating, with exact sums', () => {
    const sums = sumFacts(
      [
        sampleCharge('a', { amount: '0.1', cost: '0.05' }),
        sampleCharge('b', { amount: '0.2', cost: '0.05', timeToFirstTokenMs: 90, estimated: true }),
        sampleCharge('c', { amount: '0.3', cost: '0.05', occurredAt: '2026-10-15T11:00:00.000Z', ratedAt: '2026-10-15T10:20:31.999Z' }),
        // A correction takes 0.05 back and counts no request.
        sampleCharge('d', { amount: '-0.05', cost: '0', requests: 0, correctsChargeId: idOf('a'), quantities: { input_tokens: '-40' } }),
      ].map(factOf),
      dimensionIdOf,
    );
    // Hour 10: 0.1 + 0.2 - 0.05 = 0.25; cost 0.05 + 0.05 + 0 = 0.1; input 100 + 100 - 40 = 160; latency 800 twice. Hour 11: 0.3.
    expect(
      sums.hours.map((row) => [
        row.charges,
        row.requests,
        row.estimated,
        row.amount.toString(),
        row.cost.toString(),
        row.latencyMsSum,
        row.latencyCount,
        row.firstTokenMsSum,
      ]),
    ).toEqual([
      [3, 2, 1, '0.25', '0.1', 1600, 2, 90],
      [1, 1, 0, '0.3', '0.05', 800, 1, 0],
    ]);
    expect(sums.hours[0]?.quantities.get('input_tokens')?.toString()).toBe('160');
    // The day: 0.25 + 0.3 = 0.55, input 160 + 100 = 260.
    expect(sums.days.map((row) => [row.charges, row.amount.toString(), row.quantities.get('input_tokens')?.toString()])).toEqual([
      [4, '0.55', '260'],
    ]);
    // All four were rated within 10:20:31.
    expect(sums.recent.map((row) => [row.charges, row.requests, row.amount.toString(), new Date(row.ratedSecond).toISOString()])).toEqual([
      [4, 3, '0.55', '2026-10-15T10:20:31.000Z'],
    ]);
  });

  const charges = fc.array(
    fc.record({
      minute: fc.integer({ min: 0, max: 60 * 24 * 40 }),
      amount: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      project: fc.constantFrom('search', 'chat'),
      organization: fc.constantFrom('acme', 'globex'),
    }),
    { maxLength: 40 },
  );
  const toFacts = (list: { minute: number; amount: number; project: string; organization: string }[]) =>
    list.map(({ minute, amount, project, organization }, index) =>
      factOf(
        sampleCharge(`p${index}`, {
          occurredAt: new Date(Date.UTC(2026, 9, 1) + minute * 60_000).toISOString(),
          amount: `${amount < 0 ? '-' : ''}0.${String(Math.abs(amount)).padStart(7, '0')}`,
          tags: { project },
          organizationId: idOf(organization),
        }),
      ),
    );

  it('are the same in any order', () => {
    fc.assert(
      fc.property(charges, fc.integer(), (list, seed) => {
        const facts = toFacts(list);
        const shuffled = facts
          .map((fact, index) => ({ fact, at: Math.imul(index + 1, seed | 1) }))
          .sort((left, right) => left.at - right.at);
        expect(
          readable(
            sumFacts(
              shuffled.map(({ fact }) => fact),
              dimensionIdOf,
            ),
          ),
        ).toEqual(readable(sumFacts(facts, dimensionIdOf)));
      }),
    );
  });
  it('add up to the charges, in hours, days and recent seconds alike', () => {
    fc.assert(
      fc.property(charges, (list) => {
        const { hours, days, recent } = sumFacts(toFacts(list), dimensionIdOf);
        // In ten-millionths, by whole numbers.
        const expected = list.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
        for (const rows of [hours, days, recent]) {
          expect(rows.reduce((sum, row) => sum + row.amount.coefficient * 10n ** BigInt(7 - row.amount.scale), 0n)).toBe(expected);
          expect(rows.reduce((sum, row) => sum + row.charges, 0)).toBe(list.length);
        }
      }),
    );
  });
  it('come sorted by key, so that transactions lock rows in one order', () => {
    fc.assert(
      fc.property(charges, (list) => {
        const keys = sumFacts(toFacts(list), dimensionIdOf).hours.map(
          (row) => `${row.organizationId} ${row.bucketStart} ${row.dimensionId}`,
        );
        expect(keys).toEqual([...keys].sort());
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});
