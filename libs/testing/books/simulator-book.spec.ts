import { describe, expect, it } from 'vitest';
import { answeredQuantities } from './answered-usage';
import { answeredCalls, type SimulatorEntry } from './simulator-book';

const entry = (more: Partial<SimulatorEntry>): SimulatorEntry => ({
  attemptId: 'a',
  answerId: 'x',
  provider: 'openai',
  model: 'gpt-4o',
  status: 200,
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  end: 'sent',
  ...more,
});

describe('what a usage block comes to', () => {
  const details = { prompt_tokens_details: { cached_tokens: 896 }, completion_tokens_details: { reasoning_tokens: 12 } };

  it('takes cached tokens from the prompt and reasoning from the completion', () => {
    // 2000 − 896 = 1104; 40 − 12 = 28.
    expect(answeredQuantities('openai', { prompt_tokens: 2000, completion_tokens: 40, ...details })).toEqual({
      input_tokens: '1104',
      input_cached_tokens: '896',
      output_tokens: '28',
      output_reasoning_tokens: '12',
    });
  });

  it('leaves reasoning beside the completion for xAI', () => {
    expect(answeredQuantities('x-ai', { prompt_tokens: 2000, completion_tokens: 28, ...details })).toMatchObject({
      output_tokens: '28',
      output_reasoning_tokens: '12',
    });
  });

  it('reads Mistral’s own name for cached tokens', () => {
    expect(answeredQuantities('mistral', { prompt_tokens: 100, num_cached_tokens: 64, completion_tokens: 1 })).toEqual({
      input_tokens: '36',
      input_cached_tokens: '64',
      output_tokens: '1',
    });
  });

  it.each([
    [{ prompt_tokens: -3 }],
    [{ prompt_tokens: '7' }],
    [{ prompt_tokens: 1.5 }],
    [{ prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 9 } }],
  ])('is unknown for nonsense: %j', (usage) => {
    expect(answeredQuantities('openai', usage)).toBeUndefined();
  });
});

describe('what the book demands', () => {
  it('is one charge for each answer with usage, and some charge for every other attempt', () => {
    const calls = answeredCalls([
      entry({ attemptId: 'ok' }),
      entry({ attemptId: 'error', status: 500, usage: null }),
      entry({ attemptId: 'silent', usage: null }),
      entry({ attemptId: 'zero', usage: { prompt_tokens: 0, completion_tokens: 0 } }),
      entry({ attemptId: 'nonsense', usage: { prompt_tokens: -1 } }),
      entry({ attemptId: null }),
    ]);
    expect(calls.expected.map(({ id }) => id)).toEqual(['ok']);
    expect([[...calls.withoutUsage], [...calls.unclear], calls.unattributed]).toEqual([['error', 'silent', 'zero'], ['nonsense'], 1]);
  });

  it('names an attempt id that was answered twice', () => {
    expect(answeredCalls([entry({ attemptId: 'a' }), entry({ attemptId: 'b' }), entry({ attemptId: 'a' })]).repeated).toEqual(['a']);
  });
});
