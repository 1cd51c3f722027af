import { Outcome, type ChargePosted, type Organization, type UsageParked, type UsageRecorded } from '@tollgate/contracts';
import {
  IDENTITY_FX,
  QuantityError,
  RatingError,
  billingPeriod,
  isUnit,
  parseQuantity,
  rateUsage,
  type AppliedFx,
  type Quantities,
  type RatedLine,
} from '@tollgate/domain';
import { PoisonRecordError } from '@tollgate/platform/kafka';
import type { Catalogue } from '../hold-catalogue/catalogue';

/** What becomes of a usage event: a charge, or its waiting for what is missing. */
export type Statement = { readonly charge: ChargePosted } | { readonly parked: UsageParked };

/** Finds an organisation by id: the view of directory.organizations. */
export interface Organizations {
  get(id: string): Organization | undefined;
}

/** Outcomes for which the vendor charges nothing: the call was never sent, or no answer was made. */
const FREE = new Set([Outcome.OUTCOME_NOT_SENT, Outcome.OUTCOME_REFUSED, Outcome.OUTCOME_FAILED]);
/** Outcomes in which somebody got an answer or reported one: what `requests` counts. */
const ANSWERED = new Set([Outcome.OUTCOME_ANSWERED, Outcome.OUTCOME_CLIENT_CUT, Outcome.OUTCOME_PROVIDER_CUT, Outcome.OUTCOME_REPORTED]);

const NOTHING_DUE = { lines: [], cost: '0', amount: '0', direct: '0', fx: IDENTITY_FX };
const PLAIN_WHOLE = /^(?:0|[1-9][0-9]{0,17})$/;

/** Makes a first charge of a usage event with the catalogue as it is. */
export class EventRater {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly organizations: Organizations,
  ) {}

  /**
   * The event's charge, under the event's own id. Throws PoisonRecordError for quantities that are none: no price can ever make a charge of them.
   * @param occurredAt epoch milliseconds of the event
   * @param now epoch milliseconds: when it is rated, or parked
   */
  rate(usage: UsageRecorded, occurredAt: number, now: number): Statement {
    const quantities = canonicalQuantities(usage.quantities);
    const organization = this.organizations.get(usage.organizationId);
    if (!organization) return parked(usage, 'no_organization', `No organisation ${usage.organizationId}`, '', '', now);
    const { currency, timeZone } = organization;
    const period = billingPeriod(occurredAt, timeZone);
    const base = { currency, timeZone, period, now, quantities };
    if (FREE.has(usage.outcome)) return { charge: chargeOf(usage, { ...base, ...NOTHING_DUE }) };
    const { percent, feePercent } = this.catalogue.markup(usage.organizationId, occurredAt);
    try {
      const rated = rateUsage({
        quantities,
        attributes: usage.attributes,
        occurredAt,
        prices: this.catalogue.modelPrices(usage.provider, usage.model),
        markupPercent: percent,
        ownConnection: usage.ownConnection,
        feePercent,
        fx: (vendorCurrency) => this.catalogue.fx(vendorCurrency, currency, occurredAt),
        currency,
      });
      if ('parked' in rated) return parked(usage, rated.parked, rated.detail, period, timeZone, now);
      return { charge: chargeOf(usage, { ...base, ...rated }) };
    } catch (error) {
      // A price that cannot be applied is a mistake in the catalogue, which somebody will mend: the event waits for that.
      if (error instanceof RatingError) return parked(usage, 'no_price', error.message, period, timeZone, now);
      throw error;
    }
  }
}

interface Priced {
  readonly currency: string;
  readonly timeZone: string;
  readonly period: string;
  readonly now: number;
  readonly quantities: Quantities;
  readonly lines: readonly RatedLine[];
  readonly cost: string;
  readonly amount: string;
  readonly direct: string;
  readonly fx: AppliedFx;
}

function chargeOf(usage: UsageRecorded, priced: Priced): ChargePosted {
  return {
    chargeId: usage.eventId,
    eventId: usage.eventId,
    organizationId: usage.organizationId,
    requestId: usage.requestId,
    attempt: usage.attempt,
    occurredAt: usage.occurredAt,
    receivedAt: usage.receivedAt,
    ratedAt: new Date(priced.now).toISOString(),
    timeZone: priced.timeZone,
    period: priced.period,
    provider: usage.provider,
    model: usage.model,
    connectionId: usage.connectionId,
    ownConnection: usage.ownConnection,
    operation: usage.operation,
    outcome: usage.outcome,
    quantities: priced.quantities,
    attributes: usage.attributes,
    tags: usage.tags,
    keyId: usage.keyId,
    grants: usage.grants,
    estimated: usage.estimated,
    latencyMs: usage.latencyMs,
    timeToFirstTokenMs: usage.timeToFirstTokenMs,
    streamed: usage.streamed,
    status: usage.status,
    currency: priced.currency,
    cost: priced.cost,
    amount: priced.amount,
    direct: priced.direct,
    lines: priced.lines.map(({ pricedAs: _, ...line }) => line),
    fx: { rate: priced.fx.rate.toString(), date: priced.fx.date, source: priced.fx.source, stale: priced.fx.stale },
    correctsChargeId: '',
    reason: '',
    requests: ANSWERED.has(usage.outcome) ? 1 : 0,
    source: usage.source,
    sourceId: usage.sourceId,
  };
}

/** The quantities as the ledger writes them. Throws PoisonRecordError for one that is none. */
function canonicalQuantities(quantities: Quantities): Quantities {
  const canonical: Quantities = {};
  for (const unit of Object.keys(quantities)) {
    const text = quantities[unit]!;
    canonical[unit] = isUnit(unit) && PLAIN_WHOLE.test(text) ? text : parsed(unit, text);
  }
  return canonical;
}

function parsed(unit: string, text: string): string {
  try {
    return parseQuantity(unit, text).toString();
  } catch (error) {
    if (error instanceof QuantityError) throw new PoisonRecordError(error.message);
    throw error;
  }
}

function parked(usage: UsageRecorded, reason: string, detail: string, period: string, timeZone: string, now: number): Statement {
  return { parked: { usage, reason, detail, parkedAt: new Date(now).toISOString(), period, timeZone } };
}
