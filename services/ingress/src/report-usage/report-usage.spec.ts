import { UsageRecord, type UsageRecorded } from '@tollgate/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { validate, version } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addKey } from '../gateway/gateway-fixture';
import { GatewayHarness } from '../gateway/gateway-harness';
import { unavailableNow } from '../gateway/problems';
import { reportedEventId } from './event-id';
import { RecentEvents } from './recent-events';
import { parseTime, TimeError, TimeWindow } from './time-window';

let harness: GatewayHarness;
let accounts: () => Promise<boolean>;
let count = 0;

beforeAll(async () => (harness = await GatewayHarness.start({ accounts: { hasProject: () => accounts() }, bodyLimit: 4 << 20 })));
afterAll(() => harness.stop());
beforeEach(() => {
  harness.reset();
  accounts = () => Promise.resolve(false);
});

const DATA = {
  provider: 'openai',
  model: 'gpt-4o',
  operation: 'chat',
  quantities: { input_tokens: '812', output_tokens: '96' },
  tags: { project: 'search' },
};

function event(change: object = {}, data: object = {}) {
  return {
    specversion: '1.0',
    type: 'tollgate.usage',
    source: 'batch',
    id: `e${(count += 1)}`,
    time: new Date().toISOString(),
    data: { ...DATA, ...data },
    ...change,
  };
}

const BATCH = { 'content-type': 'application/cloudevents-batch+json' };

async function report(events: unknown, headers: Record<string, string> = BATCH) {
  const answer = await harness.post('/v1/usage/events', events, headers);
  const body = JSON.parse(answer.text) as { code?: string; results?: { id: string; status: string; reason?: string }[] };
  return { status: answer.status, code: body.code, results: body.results ?? [], type: answer.headers['content-type'] };
}

const statuses = ({ results }: { results: { status: string }[] }) => results.map(({ status }) => status);

describe('a reported event', () => {
  it('becomes a usage event with an id of organisation, source and id', async () => {
    const sent = event({ id: 'first' }, { tags: { project: 'search', ticket: 'T-1' }, attributes: { service_tier: 'batch' } });
    expect(await report(sent, { 'content-type': 'application/cloudevents+json' })).toMatchObject({
      status: 202,
      results: [{ id: 'first', status: 'accepted' }],
    });
    const usage = await harness.record();
    expect(usage).toMatchObject({
      eventId: reportedEventId(usage.organizationId, 'batch', 'first'),
      requestId: usage.eventId,
      attempt: 1,
      provider: 'openai',
      model: 'gpt-4o',
      operation: 'chat',
      quantities: { input_tokens: '812', output_tokens: '96' },
      attributes: { service_tier: 'batch' },
      tags: { team: 'core', project: 'search', ticket: 'T-1' },
      keyId: 'key-1',
      occurredAt: sent.time,
      source: 'batch',
      sourceId: 'first',
      connectionId: '',
    });
  });

  it('has its own time to the millisecond in UTC, or that of its receipt', async () => {
    const earlier = new Date(Date.now() - 3_600_000).toISOString().slice(0, 19);
    await report([event({ time: `${earlier}.123456+00:00` }), event({ time: undefined }), event({ time: null })]);
    const [first, second, third] = (await harness.records(3)) as [UsageRecorded, UsageRecorded, UsageRecorded];
    expect(first.occurredAt).toBe(`${earlier}.123Z`);
    expect([second.occurredAt, third.occurredAt]).toEqual([second.receivedAt, third.receivedAt]);
  });

  it('sent again is a duplicate, also within a batch, and goes on once', async () => {
    const once = event();
    expect(statuses(await report([once, once]))).toEqual(['accepted', 'duplicate']);
    expect(statuses(await report([once]))).toEqual(['duplicate']);
    await harness.records(1);
  });

  it('that says something else under a known id is a duplicate, and goes on so that the ledger can note the conflict', async () => {
    const once = event();
    await report([once]);
    const other = await report([{ ...once, data: { ...DATA, quantities: { input_tokens: '1' } } }]);
    expect(other.results).toMatchObject([{ status: 'duplicate', reason: expect.stringContaining('something else') as unknown }]);
    const [first, second] = await harness.records(2);
    expect(second!.eventId).toBe(first!.eventId);
  });

  const day = 86_400_000;
  it.each<[string, object, object, string]>([
    ['with another version', { specversion: '0.3' }, {}, 'specversion'],
    ['of another type', { type: 'other' }, {}, 'type'],
    ['without an id', { id: '' }, {}, 'id is missing'],
    ['with an id that is no text', { id: 7 }, {}, 'id is missing'],
    ['without a source', { source: undefined }, {}, 'source'],
    ['with a time that is none', { time: 'yesterday' }, {}, 'RFC 3339'],
    ['with a day that is none', { time: '2026-02-30T00:00:00Z' }, {}, 'exists'],
    ['40 days ahead', { time: new Date(Date.now() + 40 * day).toISOString() }, {}, '5 minutes ahead'],
    ['three years back', { time: new Date(Date.now() - 3 * 365 * day).toISOString() }, {}, '13 months back'],
    ['without data', { data: undefined }, {}, 'data is not an object'],
    ['with a member too many', {}, { quantites: {} }, 'quantites'],
    ['without a provider', {}, { provider: '' }, 'data.provider'],
    ['without quantities', {}, { quantities: {} }, 'empty'],
    ['with a negative quantity', {}, { quantities: { input_tokens: '-1' } }, 'must not be negative'],
    ['with a number for a quantity', {}, { quantities: { input_tokens: 812 } }, 'decimal string'],
    ['with an exponent', {}, { quantities: { input_tokens: '1e3' } }, 'decimal string'],
    ['with half a token', {}, { quantities: { input_tokens: '0.5' } }, 'whole number'],
    ['with an unknown unit', {}, { quantities: { bananas: '1' } }, 'Unknown unit'],
    ['with a tag that is no text', {}, { tags: { team: 1 } }, 'team'],
    ['of an unknown project', {}, { tags: { project: 'nope' } }, 'no project'],
  ])('%s is rejected with its reason, and spoils no other', async (_, change, data, reason) => {
    const answer = await report([event(), event(change, data), event()]);
    expect(statuses(answer)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(answer.results[1]!.reason).toContain(reason);
    await harness.records(2);
  });

  it.each([null, 7, 'x', []])('that is %j is rejected', async (bad) => expect(statuses(await report([bad]))).toEqual(['rejected']));

  it('of a project that nobody can be asked about makes the sender come back with all of them', async () => {
    accounts = () => Promise.reject(unavailableNow('away'));
    expect(await report([event(), event({}, { tags: { project: 'fresh' } })])).toMatchObject({
      status: 503,
      code: 'temporarily_unavailable',
    });
    await harness.records(0);
    accounts = () => Promise.resolve(true);
    expect(statuses(await report([event({}, { tags: { project: 'fresh' } })]))).toEqual(['accepted']);
    await harness.record();
  });
});

describe('a batch', () => {
  it('of a thousand is written at once and numbered without a gap', async () => {
    const before = harness.gateway.spool.spool.lastSequence;
    expect(statuses(await report(Array.from({ length: 1_000 }, () => event())))).toEqual(Array.from({ length: 1_000 }, () => 'accepted'));
    await harness.records(1_000);
    const numbers = harness.gateway.shipped.map(({ value }) => Number(UsageRecord.decode(value).sequence)).filter((number) => number > 0);
    expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, index) => before + index + 1));
  });

  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['of more than a thousand', Array.from({ length: 1_001 }, () => 1), BATCH, 413, 'batch_too_large'],
    ['that is no JSON', '[{', BATCH, 400, 'invalid_body'],
    ['that is no array', {}, BATCH, 400, 'invalid_body'],
    ['that says it is one event', [], { 'content-type': 'application/cloudevents+json' }, 400, 'invalid_body'],
    ['of another media type', '<a/>', { 'content-type': 'text/xml' }, 415, 'media_type_unsupported'],
  ])('%s is refused as a problem', async (_, body, headers, status, code) => {
    expect(await report(body, headers)).toMatchObject({ status, code, type: 'application/problem+json' });
  });

  it('may be empty', async () => expect(await report([])).toMatchObject({ status: 202, results: [] }));

  it('needs the scope usage:write', async () => {
    const key = addKey(harness.gateway.source, { scopes: ['inference'] });
    expect(await report([event()], { ...BATCH, authorization: `Bearer ${key}` })).toMatchObject({ status: 403, code: 'scope_missing' });
    await sleep(20);
    expect(harness.usage()).toEqual([]);
  });
});

describe('the id of a reported event', () => {
  it('is a UUIDv5 that depends on organisation, source and id alone', () => {
    const id = reportedEventId('org', 'source', 'id');
    expect([validate(id), version(id)]).toEqual([true, 5]);
    expect(reportedEventId('org', 'source', 'id')).toBe(id);
    const others = [
      reportedEventId('org2', 'source', 'id'),
      reportedEventId('org', 'sourc', 'eid'),
      reportedEventId('org', 'source"', 'id'),
    ];
    expect(new Set([id, ...others]).size).toBe(4);
  });
});

describe('the time of an event', () => {
  const now = Date.parse('2026-03-31T12:00:00Z');
  it.each([
    // 13 months before the 31st of March is the last of February 2025.
    ['2025-02-28T12:00:00Z', true],
    ['2025-02-28T11:59:59.999Z', false],
    ['2026-03-31T12:05:00Z', true],
    ['2026-03-31T12:05:00.001Z', false],
    ['2026-03-31T14:05:00+02:00', true],
  ])('%s may be reported at noon of 2026-03-31: %s', (time, allowed) => {
    const check = () => new TimeWindow(now).check(parseTime(time));
    if (allowed) expect(check).not.toThrow();
    else expect(check).toThrow(TimeError);
  });
  it.each([
    '2026-10-01',
    '2026-10-01T12:00:00',
    '1759320000',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01-01T25:00:00Z',
    7,
    {},
  ])('%j is none', (text) => expect(() => parseTime(text)).toThrow(TimeError));
});

describe('the memory of recent events', () => {
  it('is bounded, and keeps at least the younger half', () => {
    const recent = new RecentEvents(10);
    for (let n = 0; n < 100; n += 1) recent.add(`e${n}`, 'x');
    expect([recent.look('e99', 'x'), recent.look('e95', 'y'), recent.look('e50', 'x')]).toEqual(['same', 'different', 'new']);
  });
});
