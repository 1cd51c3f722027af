import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOpenAiAnswer } from './read-answer';

describe('a plain answer', () => {
  it('gives usage, model, tier and finish of a chat completion', () => {
    const body = {
      id: 'c1',
      model: 'gpt-4o-2024-08-06',
      choices: [{ index: 0, message: { role: 'assistant', content: 'say "usage":{"prompt_tokens":999}' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 },
      service_tier: 'flex',
    };
    expect(readOpenAiAnswer(Buffer.from(JSON.stringify(body, null, 2)), 'openai')).toEqual({
      usage: { quantities: { input_tokens: '19', output_tokens: '10' }, attributes: { service_tier: 'flex' }, anomalies: [] },
      model: 'gpt-4o-2024-08-06',
      finishReason: 'stop',
      complete: true,
    });
  });

  it('skips the vectors of embeddings', () => {
    const body = {
      object: 'list',
      data: Array.from({ length: 50 }, (_, index) => ({ index, embedding: Array.from({ length: 256 }, (_unused, at) => at / 7) })),
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 400, total_tokens: 400 },
    };
    const answer = readOpenAiAnswer(Buffer.from(JSON.stringify(body)), 'openai');
    expect(answer.usage?.quantities).toEqual({ input_tokens: '400' });
    expect(answer.model).toBe('text-embedding-3-small');
  });

  it.each(['', '<html>', '{"usage":{"prompt_tokens":1', '[]', 'null', '{"usage":{"prompt_tokens":1}'])(
    'is incomplete and without usage: %s',
    (body) => {
      expect(readOpenAiAnswer(Buffer.from(body), 'openai')).toMatchObject({ usage: undefined, complete: false });
    },
  );

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readOpenAiAnswer(Buffer.from(bytes), 'openai')));
    fc.assert(
      fc.property(fc.json(), (json) => void readOpenAiAnswer(Buffer.from(`{"usage":${json},"model":${json},"choices":${json}}`), 'openai')),
    );
  });
});
