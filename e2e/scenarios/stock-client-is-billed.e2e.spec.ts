import OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually } from '../http-client';
import { system } from '../system';
import { newTenant, spend, type Tenant } from '../tenant';

// Each test adds one billed call to the same organisation: the counts below are those of all calls so far.
describe('a stock OpenAI client is billed', () => {
  let tenant: Tenant;
  let client: OpenAI;
  let key: string;

  beforeAll(async () => {
    tenant = await newTenant({ projects: ['search'] });
    ({ key } = await tenant.key(['inference']));
    client = new OpenAI({ baseURL: `${system().ingressUrl}/v1`, apiKey: key, maxRetries: 0 });
  });

  it('answers a plain call, names its price, and shows it in spend within two seconds', async () => {
    const { data, response } = await client.chat.completions
      .create({
        model: 'openai/gpt-4o',
        messages: [{ role: 'user', content: 'Say hello.' }],
        metadata: { project: 'search', team: 'core' },
      })
      .withResponse();
    expect(data.choices[0]?.message.content).toBeTruthy();
    expect(response.headers.get('x-tollgate-request-id')).toBeTruthy();
    expect(response.headers.get('x-tollgate-currency')).toBe('EUR');
    expect(response.headers.get('x-tollgate-provider')).toBe('openai');
    const cost = response.headers.get('x-tollgate-cost');
    const seen = await eventually(
      () => spend(tenant, 'project,team'),
      ({ totals }) => totals.requests === 1,
      2_000,
    );
    expect(seen.rows).toEqual([expect.objectContaining({ project: 'search', team: 'core', amount: cost })]);
  });

  it('streams, and bills the stream once with the usage of its last chunk', async () => {
    const stream = await client.chat.completions.create({
      model: 'openai/gpt-4o',
      messages: [{ role: 'user', content: 'Count to five.' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let usage: OpenAI.CompletionUsage | undefined;
    let text = '';
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.usage) usage = chunk.usage;
    }
    expect(text).not.toBe('');
    const charges = await eventually(
      () =>
        tenant
          .api<{ data: { quantities: Record<string, string>; estimated: boolean; occurredAt: string }[] }>('/charges?limit=10')
          .then((a) => a.body.data),
      (data) => data.length === 2,
      2_000,
    );
    const newest = [...charges].sort((a, b) => (a.occurredAt < b.occurredAt ? 1 : -1))[0];
    const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0;
    const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
    expect(Number(newest?.quantities['input_tokens'])).toBe((usage?.prompt_tokens ?? 0) - cached);
    expect(Number(newest?.quantities['output_tokens'])).toBe((usage?.completion_tokens ?? 0) - reasoning);
    expect(newest?.estimated).toBe(false);
  });

  it('does not show the usage chunk to a client that did not ask for it, and bills the call all the same', async () => {
    const stream = await client.chat.completions.create({
      model: 'openai/gpt-4o',
      messages: [{ role: 'user', content: 'Hi.' }],
      stream: true,
    });
    for await (const chunk of stream) {
      expect(chunk.usage ?? null).toBeNull();
      expect(chunk.choices.length).toBeGreaterThan(0);
    }
    await eventually(
      () => spend(tenant),
      ({ totals }) => totals.requests === 3,
      2_000,
    );
  });

  it('bills embeddings', async () => {
    const answer = await client.embeddings.create({ model: 'openai/text-embedding-3-small', input: 'hello', encoding_format: 'float' });
    expect(answer.data[0]?.embedding.length).toBeGreaterThan(0);
    await eventually(
      () => spend(tenant),
      ({ totals }) => totals.requests === 4,
      2_000,
    );
  });

  it('lists the models that the key may use', async () => {
    const models = await client.models.list();
    expect(models.data.map((m) => m.id)).toContain('openai/gpt-4o');
  });

  it('refuses a key of another scope with the dialect’s own error', async () => {
    const { key: reader } = await tenant.key(['billing:read']);
    const answer = await ask<{ error: { message: string; type: string; fix?: string } }>(`${system().ingressUrl}/v1/chat/completions`, {
      key: reader,
      body: { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'x' }] },
    });
    expect(answer.status).toBe(403);
    expect(answer.body.error.message).toMatch(/inference/);
  });

  it('refuses a revoked key within five seconds', async () => {
    const made = await tenant.key(['inference']);
    const body = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'x' }] };
    expect((await ask(`${system().ingressUrl}/v1/chat/completions`, { key: made.key, body })).status).toBe(200);
    await tenant.api(`/api-keys/${made.id}`, undefined, 'DELETE');
    await eventually(
      () => ask(`${system().ingressUrl}/v1/chat/completions`, { key: made.key, body }),
      ({ status }) => status === 401,
      5_000,
      200,
    );
  });
});
