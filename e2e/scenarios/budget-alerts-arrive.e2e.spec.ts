import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../http-client';
import { system } from '../system';
import { newTenant, sendEvents, usageEvent, type Tenant } from '../tenant';
import { WebhookReceiver } from '../webhook-receiver';

// gpt-4o is listed at 2.50 USD per million input tokens, so 400,000 of them cost one dollar; the tenant reports in dollars.
const oneDollar = { quantities: { input_tokens: '400000' }, tags: { project: 'search' } };

describe('budget alerts arrive', () => {
  let tenant: Tenant;
  let receiver: WebhookReceiver;
  let usageKey: string;

  beforeAll(async () => {
    tenant = await newTenant({ currency: 'USD', country: 'US', projects: ['search', 'other'] });
    ({ key: usageKey } = await tenant.key(['usage:write']));
    receiver = await WebhookReceiver.start();
    const hook = await tenant.api<{ secret: string }>('/webhooks', {
      url: receiver.url,
      events: ['budget.threshold.reached', 'budget.limit.reached'],
    });
    expect(hook.status).toBe(201);
    receiver.secret = hook.body.secret;
  });
  afterAll(() => receiver.stop());

  it('sends each threshold once, also when one event crosses several, and signs it', async () => {
    const budget = await tenant.api<{ id: string }>('/budgets', {
      name: 'search',
      scope: { project: 'search' },
      period: 'month',
      amount: '10',
      thresholds: [50, 80, 100],
      hardLimit: false,
    });
    expect(budget.status).toBe(201);
    expect(receiver.verified).toEqual([]);

    // 4 of 10: nothing. 5 of 10: 50 %. 11 of 10: 80 and 100 % at once.
    await sendEvents(
      usageKey,
      [1, 2, 3, 4].map((n) => usageEvent(`b${n}`, oneDollar)),
    );
    await sendEvents(usageKey, [usageEvent('elsewhere', { ...oneDollar, tags: { project: 'other' } })]);
    await new Promise((resume) => setTimeout(resume, 1_500));
    expect(receiver.verified).toEqual([]);
    await sendEvents(usageKey, [usageEvent('b5', oneDollar)]);
    const sentAt = Date.now();
    const [first] = await eventually(
      async () => receiver.verified,
      (seen) => seen.length === 1,
      2_000,
    );
    expect(first?.receivedAt ?? Infinity).toBeLessThan(sentAt + 2_000);
    expect(first).toMatchObject({
      type: 'budget.threshold.reached',
      data: { budgetId: budget.body.id, name: 'search', threshold: 50, spent: '5', amount: '10', currency: 'USD' },
    });

    await sendEvents(usageKey, [usageEvent('b6', { ...oneDollar, quantities: { input_tokens: '2400000' } })]);
    await eventually(
      async () => receiver.verified,
      (seen) => seen.length === 3,
      2_000,
    );
    await sendEvents(usageKey, [usageEvent('b7', oneDollar), usageEvent('b5', oneDollar)]);
    await new Promise((resume) => setTimeout(resume, 2_000));
    expect(receiver.verified.map((d) => Number(d.data['threshold'])).sort((a, b) => a - b)).toEqual([50, 80, 100]);
    expect(new Set(receiver.verified.map((d) => d.id)).size).toBe(3);
    expect(receiver.refused).toEqual([]);
  });

  it('counts the whole period for a budget that is created late', async () => {
    const late = await tenant.api<{ id: string }>('/budgets', {
      name: 'late',
      scope: {},
      period: 'month',
      amount: '1000',
      thresholds: [100],
      hardLimit: false,
    });
    // b1 to b5 and elsewhere are one dollar each, b6 is six, b7 one: 13.
    const seen = await tenant.api<{ current: { spent: string } }>(`/budgets/${late.body.id}`);
    expect(seen.body.current.spent).toBe('13');
  });

  it('does not wait for invoicing or aggregation', async () => {
    const budget = await tenant.api<{ id: string }>('/budgets', {
      name: 'alone',
      scope: { project: 'other' },
      period: 'month',
      amount: '10',
      thresholds: [50],
    });
    const standing = Object.entries(system().processes).filter(([name]) => /^(invoicing|aggregation)/.test(name));
    expect(standing).toHaveLength(4);
    for (const [, { pid }] of standing) process.kill(pid, 'SIGSTOP');
    try {
      // One dollar was spent on `other` before; five more cross its half.
      await sendEvents(usageKey, [usageEvent('alone', { quantities: { input_tokens: '2000000' }, tags: { project: 'other' } })]);
      await eventually(
        async () => receiver.verified,
        (seen) => seen.some(({ data }) => data['budgetId'] === budget.body.id),
        2_000,
      );
    } finally {
      for (const [, { pid }] of standing) process.kill(pid, 'SIGCONT');
    }
  });
});
