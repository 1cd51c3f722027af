import type { z } from 'zod';
import type { Books } from '../keep-books/ledger-books';
import type { Producer } from '../track-producers/read-producers';
import type { Completeness } from './check-completeness';
import type { completeness } from './completeness.schema';

export function completenessView(found: Completeness, period: string, currency: string): z.input<typeof completeness> {
  return {
    agrees: found.agrees,
    asOf: new Date(found.asOf).toISOString(),
    period,
    currency,
    lagging: found.lagging,
    charges: sums(found.ledger),
    rollups: found.rollups ? sums(found.rollups) : null,
    invoiced: found.invoicing?.invoiced ?? null,
    unbilled: found.invoicing?.unbilled ?? null,
    budgets: found.budgets.map(({ id, name, spent }) => ({ id, name, spent })),
    producers: found.producers.map(producer),
    differences: [...found.differences],
    parked: found.ledger.parked,
    ...found.repeats,
  };
}

function sums({ charges, requests, amount, cost, direct }: Books) {
  return { count: charges, requests: requests ?? null, amount, cost, direct };
}

function producer({ id, epoch, contiguousTo, completeUntil, gap }: Producer) {
  return {
    id,
    epoch,
    contiguousTo: contiguousTo.toString(),
    completeUntil: Number.isFinite(completeUntil) ? new Date(completeUntil).toISOString() : null,
    finished: completeUntil === Number.POSITIVE_INFINITY,
    gap: gap || null,
  };
}
