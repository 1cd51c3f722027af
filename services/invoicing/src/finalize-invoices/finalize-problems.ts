import { Problem } from '@tollgate/platform/http';

/** Finalising before its time has to say why. */
export function reasonMissing(): Problem {
  return new Problem({
    status: 400,
    code: 'reason_required',
    title: 'A reason is required',
    detail: 'An invoice that is finalised by force keeps the reason.',
    fix: 'Send `reason` beside `force`.',
  });
}

/** Without a seller there is no VAT and no invoice. */
export function sellerUnknown(): Problem {
  return new Problem({
    status: 409,
    code: 'seller_unknown',
    title: 'The seller is not known',
    detail: 'An invoice needs the name, address and country of the seller.',
    fix: 'An operator sets them by PUT /api/v1/billing-settings, or as TOLLGATE_SELLER_NAME, TOLLGATE_SELLER_ADDRESS and TOLLGATE_SELLER_COUNTRY.',
  });
}

/** Invoices are finalised in the order of their months. */
export function earlierMonthsOpen(period: string, months: readonly string[]): Problem {
  return new Problem({
    status: 409,
    code: 'earlier_month_open',
    title: 'An earlier month is open',
    detail: `${months.join(', ')} ${months.length === 1 ? 'has' : 'have'} charges and no finalised invoice.`,
    fix: `Finalise ${months[0]} before ${period}.`,
    months,
  });
}

/** A number is not spent on nothing. */
export function nothingToInvoice(period: string): Problem {
  return new Problem({
    status: 409,
    code: 'nothing_to_invoice',
    title: 'There is nothing to invoice',
    detail: `Nothing was charged in ${period} that is not invoiced already.`,
    fix: 'Leave the draft as it is; a later charge will be on it.',
  });
}
