import type { Organization } from '@tollgate/contracts';
import { composeInvoice, periodBounds, utcDate, vatTreatment } from '@tollgate/domain';
import { Problem } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';
import { customerOf, type Terms } from '../billing-settings/settings-store';
import { lastFinalizedPeriod, openAccruals } from './open-accruals';
import { writeDraft, type Draft } from './write-draft';

const DAY_MS = 86_400_000;

/** A draft as it was written, and the months that have to be invoiced before it is finalised. */
export interface WrittenDraft extends Draft {
  readonly id: string;
  readonly monthsBefore: readonly string[];
}

/**
 * Writes the month's draft from what has accrued. The caller holds the organisation's lock.
 * @throws Problem 409 when the month, or a later one, is invoiced already.
 */
export async function composeDraft(
  manager: EntityManager,
  { organization, terms, period, now }: { organization: Organization; terms: Terms; period: string; now: number },
): Promise<WrittenDraft> {
  const organizationId = organization.id;
  const lastFinalized = await lastFinalizedPeriod(manager, organizationId);
  if (period <= lastFinalized) throw alreadyInvoiced(period, lastFinalized);
  const { due, before } = await openAccruals(manager, organizationId, period, lastFinalized);
  const customer = customerOf(organization);
  const { seller } = terms;
  // Services that are billed by the month are supplied at its end, which is the tax point; the last day by the calendar, whatever the zone.
  const at = utcDate(periodBounds(period, 'UTC').end - DAY_MS);
  const treatment = vatTreatment({ seller: seller ?? { country: '' }, customer, at });
  const composed = composeInvoice({ currency: organization.currency, accrued: due, treatment });
  const draft: Draft = {
    organizationId,
    period,
    currency: organization.currency,
    seller,
    customer,
    purchaseOrder: terms.purchaseOrder,
    treatment,
    composed,
    draftedAt: now,
  };
  return { ...draft, id: await writeDraft(manager, draft), monthsBefore: before };
}

function alreadyInvoiced(period: string, lastFinalized: string): Problem {
  return new Problem({
    status: 409,
    code: 'month_invoiced',
    title: 'The month is invoiced already',
    detail:
      period === lastFinalized
        ? `${period} has a finalised invoice.`
        : `${lastFinalized}, which is later than ${period}, has a finalised invoice.`,
    fix: `What is charged for ${period} from now on is an adjustment on the next month's invoice; draft that one.`,
  });
}
