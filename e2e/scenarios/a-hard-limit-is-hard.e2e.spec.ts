import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually } from '../http-client';
import { system } from '../system';
import { newTenant, type Tenant } from '../tenant';

describe('a hard limit is hard', () => {
  let tenant: Tenant;
  let key: string;
  const chat = {
    model: 'openai/gpt-4o',
    max_tokens: 50,
    messages: [{ role: 'user', content: 'Say hello, and then some more words to read.' }],
  };

  beforeAll(async () => {
    tenant = await newTenant({ currency: 'USD', country: 'US' });
    ({ key } = await tenant.key(['inference']));
  });

  it('refuses with 402 beyond it, says which budget and when it resets, and spend never passes it, with 64 parallel clients', async () => {
    const budget = await tenant.api<{ id: string }>('/budgets', {
      name: 'tight',
      scope: {},
      period: 'day',
      amount: '0.05',
      thresholds: [100],
      hardLimit: true,
    });
    expect(budget.status).toBe(201);
    await new Promise((resume) => setTimeout(resume, 2_000));

    const urls = system().ingressUrls;
    const statuses = new Map<number, number>();
    let refusal: Record<string, unknown> | undefined;
    await Promise.all(
      Array.from({ length: 64 }, async (_, client) => {
        for (let n = 0; n < 12; n += 1) {
          const answer = await ask<{ error: Record<string, unknown> }>(`${urls[(client + n) % urls.length]}/v1/chat/completions`, {
            key,
            body: chat,
          });
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          if (answer.status === 402) refusal = answer.body.error;
        }
      }),
    );
    expect([...statuses.keys()].sort()).toEqual([200, 402]);
    expect(refusal).toMatchObject({ budgetId: budget.body.id, limit: '0.05' });
    expect(refusal).toHaveProperty('resetsAt');
    expect(refusal).toHaveProperty('spent');

    const answered = statuses.get(200) ?? 0;
    const spent = await eventually(
      () => tenant.api<{ current: { spent: string; held: string } }>(`/budgets/${budget.body.id}`).then((a) => a.body.current),
      () => true,
      1_000,
    );
    const charges = await eventually(
      () => tenant.api<{ data: { amount: string; direct: string }[] }>('/charges?limit=1000').then((a) => a.body.data),
      (data) => data.filter((c) => Number(c.amount) > 0).length === answered,
      10_000,
    );
    const settled = await eventually(
      () => tenant.api<{ current: { spent: string; held: string } }>(`/budgets/${budget.body.id}`).then((a) => a.body.current),
      (seen) => Math.abs(Number(seen.spent) - charges.reduce((sum, c) => sum + Number(c.amount), 0)) < 1e-9,
      10_000,
    );
    expect(Number(spent.spent)).toBeLessThanOrEqual(0.05);
    expect(Number(settled.spent)).toBeLessThanOrEqual(0.05);
    // A limit that refuses long before it is reached is as wrong as one that is passed.
    expect(Number(settled.spent)).toBeGreaterThan(0.04);
  });

  it('refuses a call that cannot be bounded, and names what would bound it', async () => {
    const answer = await ask<{ error: { message: string } }>(`${system().ingressUrl}/v1/chat/completions`, {
      key,
      body: {
        ...chat,
        messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }],
      },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.error.message.length).toBeGreaterThan(20);
  });
});
