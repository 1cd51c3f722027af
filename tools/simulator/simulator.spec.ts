import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import OpenAI from 'openai';
import { Book } from './book';
import { createSimulator } from './server';

describe('the simulator', () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  const book = new Book(join(folder, 'book.jsonl'));
  const server = createSimulator({ book });
  let address: string;
  let client: OpenAI;
  const post = (basePath: string, body: object, signal?: AbortSignal): Promise<Response> =>
    fetch(`${address}${basePath}/chat/completions`, { method: 'POST', body: JSON.stringify(body), ...(signal && { signal }) });

  beforeAll(async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new OpenAI({ baseURL: `${address}/openai/v1`, apiKey: 'any', maxRetries: 0 });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    book.close();
    rmSync(folder, { recursive: true });
  });

  it('is understood by the stock client, plain', async () => {
    const answer = await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] });
    expect(answer.choices[0]?.message.content).toBe('Of course. Here is an answer.');
    expect(answer.usage?.total_tokens).toBe((answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0));
  });

  it('sends the usage chunk only to those who ask for it', async () => {
    const usages = async (ask: boolean): Promise<unknown[]> => {
      const stream = await client.chat.completions.create({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
        ...(ask && { stream_options: { include_usage: true } }),
      });
      const seen: unknown[] = [];
      for await (const chunk of stream) if (chunk.usage) seen.push(chunk.usage);
      return seen;
    };
    expect(await usages(false)).toEqual([]);
    expect(await usages(true)).toHaveLength(1);
  });

  it('raises the client’s own error types', async () => {
    const failing = (script: object) =>
      client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: `simulate: ${JSON.stringify(script)}` }] });
    await expect(failing({ status: 429, retryAfter: 3 })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await expect(failing({ status: 500 })).rejects.toBeInstanceOf(OpenAI.InternalServerError);
    await expect(
      client.chat.completions.create({ model: 'no-such-model', messages: [{ role: 'user', content: 'hi' }] }),
    ).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it.each([
    ['groq', '/groq/openai/v1', 'x_groq'],
    ['mistral', '/mistral/v1', 'finish_reason":"stop"}],"usage"'],
  ])('streams the usage of %s in its last chunk without being asked', async (_vendor, basePath, mark) => {
    const answer = await post(basePath, { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] });
    const events = (await answer.text()).trimEnd().split('\n\n');
    expect(events.at(-1)).toBe('data: [DONE]');
    expect(events.at(-2)).toContain(mark);
    expect(events.filter((event) => event.includes('prompt_tokens'))).toHaveLength(1);
  });

  it('answers as many choices as were asked for, and counts them all', async () => {
    const answer = await client.chat.completions.create({
      model: 'gpt-4o',
      n: 3,
      max_tokens: 5,
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect([answer.choices.length, answer.usage?.completion_tokens]).toEqual([3, 15]);
  });

  it.each([
    ['no JSON', '{"model"', 400, 'parse'],
    ['no model', '{"messages":[]}', 400, 'model'],
    ['no messages', '{"model":"gpt-4o"}', 400, 'messages'],
    ['empty messages', '{"model":"gpt-4o","messages":[]}', 400, 'empty'],
    ['an unknown model', '{"model":"no-such-model","messages":[{"role":"user","content":"hi"}]}', 404, 'does not exist'],
  ])('refuses %s in OpenAI’s shape', async (_title, body, status, words) => {
    const answer = await fetch(`${address}/openai/v1/chat/completions`, { method: 'POST', body });
    const { error } = (await answer.json()) as { error: Record<string, unknown> };
    expect([answer.status, error]).toEqual([
      status,
      { message: expect.stringContaining(words), type: 'invalid_request_error', param: error['param'], code: error['code'] },
    ]);
  });

  it('tells when to come again', async () => {
    const answer = await post('/openai/v1', {
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'simulate: {"status":429,"retryAfter":7}' }],
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await answer.json()).toMatchObject({ error: { type: 'requests', code: 'rate_limit_exceeded' } });
  });

  it('answers garbage, cuts in the middle, or never answers, as it was told', async () => {
    const told = (script: object, signal?: AbortSignal): Promise<string> =>
      post('/openai/v1', { model: 'gpt-4o', messages: [{ role: 'user', content: `simulate: ${JSON.stringify(script)}` }] }, signal).then(
        (answer) => answer.text(),
      );
    expect(await told({ garbage: true })).toContain('<html>');
    await expect(told({ cut: true })).rejects.toThrow();
    await expect(told({ hang: true }, AbortSignal.timeout(150))).rejects.toThrow('timeout');
    expect(JSON.parse(await told({ usage: { prompt_tokens: 7 } }))).toMatchObject({ usage: { prompt_tokens: 7 } });
    expect(JSON.parse(await told({ noUsage: true }))).not.toHaveProperty('usage');
  });

  it('lets in only who knows the secret, where it has one', async () => {
    const locked = createSimulator({ book, secret: 'sesame' });
    await new Promise<void>((ready) => locked.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(locked.address() as AddressInfo).port}/openai/v1/models`;
    const statuses = await Promise.all(
      ['wrong', 'sesame'].map((token) => fetch(url, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status)),
    );
    locked.closeAllConnections();
    locked.close();
    expect(statuses).toEqual([401, 200]);
  });

  it('writes every answered call into its book, cut ones as cut', async () => {
    await fetch(`${address}/book`, { method: 'DELETE' });
    const call = (content: string, stream: boolean) =>
      fetch(`${address}/groq/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-tollgate-attempt-id': 'attempt-1' },
        body: JSON.stringify({ model: 'llama-3.1-8b-instant', stream, messages: [{ role: 'user', content }] }),
      }).then((answer) => answer.text().catch(() => 'cut'));
    await call('hello', false);
    await call('simulate: {"cutAfterChunks": 2}', true);
    await new Promise((resume) => setTimeout(resume, 30));
    const { data } = (await (await fetch(`${address}/book`)).json()) as { data: Record<string, unknown>[] };
    expect(data).toEqual([
      expect.objectContaining({ attemptId: 'attempt-1', provider: 'groq', streamed: false, status: 200, end: 'sent' }),
      expect.objectContaining({ attemptId: 'attempt-1', provider: 'groq', streamed: true, end: 'cut' }),
    ]);
  });
});
