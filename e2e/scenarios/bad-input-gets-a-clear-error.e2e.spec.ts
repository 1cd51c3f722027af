import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually } from '../http-client';
import { system } from '../system';
import { newTenant, sendEvents, spend, usageEvent, type Tenant } from '../tenant';

const day = 24 * 3_600_000;
const chat = (content: string, more: Record<string, unknown> = {}) => ({
  model: 'openai/gpt-4o',
  messages: [{ role: 'user', content }],
  ...more,
});

interface DialectError {
  error: { message: string; type: string; code?: string | null; fix?: string };
}

describe('bad input gets a clear error, and nothing is lost', () => {
  let tenant: Tenant;
  let key: string;
  const call = (options: Parameters<typeof ask>[1]) => ask<DialectError>(`${system().ingressUrl}/v1/chat/completions`, { key, ...options });

  beforeAll(async () => {
    tenant = await newTenant({ projects: ['search'] });
    ({ key } = await tenant.key(['inference', 'usage:write']));
  });

  it.each([
    ['a wrong key', { key: 'tg_dev_wrong', body: chat('x') }, 401],
    ['no key', { key: '', body: chat('x') }, 401],
    ['an unknown model', { body: { ...chat('x'), model: 'openai/no-such-model' } }, 404],
    ['no model', { body: { messages: [] } }, 400],
    ['a malformed body', { rawBody: '{"model": "openai/gpt-4o", "messages": [' }, 400],
    ['a body that is not an object', { rawBody: '[1,2]' }, 400],
    ['an empty body', { rawBody: '', method: 'POST' }, 400],
    ['an unknown project', { body: chat('x', { metadata: { project: 'nowhere' } }) }, 400],
    ['an oversized body', { rawBody: Buffer.alloc(40 * 1024 * 1024, 32) }, 413],
    ['deep nesting', { rawBody: `{"model":"openai/gpt-4o","messages":${'['.repeat(200_000)}${']'.repeat(200_000)}}` }, 400],
  ] as const)('%s', async (_what, options, status) => {
    const answer = await call(options as Parameters<typeof ask>[1]);
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    expect(answer.body.error.message.length).toBeGreaterThan(10);
    expect(typeof answer.body.error.type).toBe('string');
    expect(answer.body.error.fix ?? answer.body.error.message).toBeTruthy();
  });

  it.each([
    ['answers garbage', { garbage: true }, [502]],
    ['answers 500', { status: 500 }, [500, 502]],
    ['answers 429', { status: 429 }, [429]],
  ])('a provider that %s', async (_what, script, statuses) => {
    const answer = await call({ body: chat(`simulate: ${JSON.stringify(script)}`) });
    expect(statuses).toContain(answer.status);
    expect(answer.body.error.message).toBeTruthy();
  });

  it('a provider that cuts the stream ends the stream and is recorded once', async () => {
    const response = await fetch(`${system().ingressUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(chat('simulate: {"chunks": 10, "cutAfterChunks": 3}', { stream: true })),
    });
    await response.text().catch(() => '');
    const charges = await eventually(
      () => tenant.api<{ data: { estimated: boolean; outcome?: string }[] }>('/charges?limit=100').then((a) => a.body.data),
      (data) => data.some((c) => c.estimated),
      5_000,
    );
    expect(charges.filter((c) => c.estimated)).toHaveLength(1);
    await eventually(
      () => spend(tenant),
      ({ totals }) => totals.estimated === 1,
      5_000,
    );
  });

  it('one bad usage event spoils no other, and each says what is wrong with it', async () => {
    const reporter = await newTenant({ projects: ['search'] });
    const at = (ms: number) => ({ time: new Date(Date.now() + ms).toISOString() });
    const reporterKey = (await reporter.key(['usage:write'])).key;
    const answer = await sendEvents(reporterKey, [
      usageEvent('good-1', {}),
      usageEvent('negative', { quantities: { input_tokens: '-5' } }),
      usageEvent('not-decimal', { quantities: { input_tokens: '1e3' } }),
      usageEvent('unknown-unit', { quantities: { bananas: '1' } }),
      usageEvent('future', {}, at(40 * day)),
      usageEvent('past', {}, at(-3 * 365 * day)),
      usageEvent('project', { tags: { project: 'nowhere' } }),
      { not: 'an event' },
      usageEvent('good-2', {}),
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body.results.map((r) => r.status)).toEqual(['accepted', ...Array<string>(7).fill('rejected'), 'accepted']);
    for (const result of answer.body.results.filter((r) => r.status === 'rejected')) expect(result.reason?.length).toBeGreaterThan(10);
    await eventually(
      () => spend(reporter),
      ({ totals }) => totals.requests === 2,
      5_000,
    );
  });

  it('a resend is a duplicate whatever its time, and changes nothing', async () => {
    const reporter = await newTenant();
    const reporterKey = (await reporter.key(['usage:write'])).key;
    const first = usageEvent('again', {}, { time: new Date(Date.now() - 3_600_000).toISOString() });
    await sendEvents(reporterKey, [first]);
    await eventually(
      () => spend(reporter),
      ({ totals }) => totals.requests === 1,
      5_000,
    );
    const settled = (await spend(reporter)).totals;
    const second = await sendEvents(reporterKey, [{ ...first, time: new Date().toISOString() }]);
    expect(second.body.results[0]?.status).toMatch(/duplicate|accepted/);
    await new Promise((resume) => setTimeout(resume, 2_000));
    expect((await spend(reporter)).totals).toEqual(settled);
  });

  it.each([
    ['an unsupported currency', '/organizations', { name: 'x', country: 'DE', currency: 'XXX' }, true],
    ['an unknown country', '/organizations', { name: 'x', country: 'ZZ', currency: 'EUR' }, true],
    ['an unknown time zone', '/organizations', { name: 'x', country: 'DE', currency: 'EUR', timeZone: 'Mars/Base' }, true],
    ['a budget of minus one', '/budgets', { name: 'x', scope: {}, period: 'month', amount: '-1', thresholds: [50] }, false],
    ['a period that is none', '/invoices', { period: '2026-13' }, false],
    [
      'a webhook to an address inside the network',
      '/webhooks',
      { url: 'http://169.254.169.254/latest', events: ['budget.threshold.reached'] },
      false,
    ],
  ])('%s', async (_what, path, body, asOperator) => {
    const answer = await ask<{ status: number; title: string; detail: string; type: string }>(`${system().consoleUrl}/api/v1${path}`, {
      key: asOperator ? system().operatorKey : tenant.adminKey,
      body,
    });
    expect([400, 422]).toContain(answer.status);
    expect(answer.headers.get('content-type')).toMatch(/application\/problem\+json/);
    expect(answer.body.title).toBeTruthy();
    expect(answer.body.type).toBeTruthy();
  });

  it('a period the wrong way round', async () => {
    const answer = await tenant.api<{ detail: string }>('/spend?from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z');
    expect(answer.status).toBe(400);
  });
});
