import { createHash } from 'node:crypto';
import { Outcome, type ChargePosted, type UsageParked, type UsageRecorded } from '@tollgate/contracts';

/** A UUID that is the same for the same name. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** For this service's specs: an answered call of the organisation `acme` in Berlin, on a shared connection, for 1.1 EUR billed on 1 EUR of cost. */
export function sampleCharge(name: string, over: Partial<ChargePosted> = {}): ChargePosted {
  const id = idOf(name);
  return {
    chargeId: id,
    eventId: id,
    organizationId: idOf('acme'),
    requestId: id,
    attempt: 1,
    occurredAt: '2026-10-15T10:20:30.000Z',
    receivedAt: '2026-10-15T10:20:30.500Z',
    ratedAt: '2026-10-15T10:20:31.250Z',
    timeZone: 'Europe/Berlin',
    period: '2026-10',
    provider: 'openai',
    model: 'gpt-4o',
    connectionId: '',
    ownConnection: false,
    operation: 'chat',
    outcome: Outcome.OUTCOME_ANSWERED,
    quantities: { input_tokens: '100', output_tokens: '20', requests: '1' },
    attributes: {},
    tags: { project: 'search' },
    keyId: idOf('key'),
    grants: [],
    estimated: false,
    latencyMs: 800,
    timeToFirstTokenMs: 0,
    streamed: false,
    status: 200,
    currency: 'EUR',
    cost: '1',
    amount: '1.1',
    direct: '0',
    lines: [],
    fx: undefined,
    correctsChargeId: '',
    reason: '',
    requests: 1,
    source: '',
    sourceId: '',
    ...over,
  };
}

/** For this service's specs: the same call, parked for want of a price. */
export function sampleParked(name: string, over: Partial<UsageRecorded> = {}): UsageParked {
  const { chargeId: _chargeId, ratedAt: _ratedAt, ...charge } = sampleCharge(name);
  return {
    usage: { ...charge, correctsEventId: '', ...over },
    reason: 'no_price',
    detail: '',
    parkedAt: charge.receivedAt,
    period: charge.period,
    timeZone: charge.timeZone,
  };
}
