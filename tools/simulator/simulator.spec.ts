import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import OpenAI from 'openai';
import { Book } from './book';
import { createSimulator } from './server';
import { countChat } from './usage';

describe('the simulator', () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  const book = new Book(join(folder, 'book.jsonl'));
  const server = createSimulator({ book });
  let address: string;
  let client: OpenAI;

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

  it('counts a request of 4,100 bytes as 1,025 prompt tokens, half of them cached in steps of 128', () => {
    // 4100 / 4 = 1025; 1025 / 2 = 512.5 → 4 × 128 = 512; 4100 mod 32 = 4 → 20.
    expect(countChat(4100, 'gpt-4o', undefined)).toEqual({
      promptTokens: 1025,
      cachedTokens: 512,
      completionTokens: 20,
      reasoningTokens: 0,
    });
  });

  it('keeps the output bound', () => {
    expect(countChat(100, 'gpt-4o', 7).completionTokens).toBe(7);
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
    await expect(client.chat.completions.create({ model: 'no-such-model', messages: [] })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('writes every answered call into its book, cut ones as cut', async () => {
    await fetch(`${address}/book`, { method: 'DELETE' });
    const post = (content: string, stream: boolean) =>
      fetch(`${address}/groq/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-tollgate-attempt-id': 'attempt-1' },
        body: JSON.stringify({ model: 'llama-3.1-8b-instant', stream, messages: [{ role: 'user', content }] }),
      }).then((answer) => answer.text().catch(() => 'cut'));
    await post('hello', false);
    await post('simulate: {"cutAfterChunks": 2}', true);
    await new Promise((resume) => setTimeout(resume, 30));
    const { data } = (await (await fetch(`${address}/book`)).json()) as { data: Record<string, unknown>[] };
    expect(data).toEqual([
      expect.objectContaining({ attemptId: 'attempt-1', provider: 'groq', streamed: false, status: 200, end: 'sent' }),
      expect.objectContaining({ attemptId: 'attempt-1', provider: 'groq', streamed: true, end: 'cut' }),
    ]);
  });
});
