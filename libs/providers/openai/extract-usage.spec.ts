import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractOpenAiUsage } from './extract-usage';

const sum = (quantities: Record<string, string>, prefix: string): number =>
  Object.entries(quantities)
    .filter(([unit]) => unit.startsWith(prefix))
    .reduce((total, [, count]) => total + Number(count), 0);

describe('usage of the OpenAI shape', () => {
  it('takes cached and audio tokens out of the prompt, reasoning and audio out of the completion', () => {
    // 1,000 - 600 - 50 = 350; 300 - 200 - 40 = 60
    expect(
      extractOpenAiUsage(
        {
          prompt_tokens: 1000,
          completion_tokens: 300,
          total_tokens: 1300,
          prompt_tokens_details: { cached_tokens: 600, audio_tokens: 50 },
          completion_tokens_details: {
            reasoning_tokens: 200,
            audio_tokens: 40,
            accepted_prediction_tokens: 9,
            rejected_prediction_tokens: 0,
          },
        },
        'openai',
      ),
    ).toEqual({
      quantities: {
        input_tokens: '350',
        input_cached_tokens: '600',
        input_audio_tokens: '50',
        output_tokens: '60',
        output_reasoning_tokens: '200',
        output_audio_tokens: '40',
      },
      attributes: {},
      anomalies: [],
    });
  });

  it.each([
    ['OpenAI', { prompt_tokens_details: { cached_tokens: 64 } }],
    ['Mistral', { num_cached_tokens: 64 }],
    ['DeepSeek', { prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 }],
    ['Moonshot', { cached_tokens: 64 }],
    ['Mistral with both names', { num_cached_tokens: 64, prompt_tokens_details: { cached_tokens: 64 } }],
  ])('counts cached tokens once under the name that %s gives them', (_vendor, details) => {
    expect(extractOpenAiUsage({ prompt_tokens: 100, completion_tokens: 1, total_tokens: 101, ...details }, 'any')?.quantities).toEqual({
      input_tokens: '36',
      input_cached_tokens: '64',
      output_tokens: '1',
    });
  });

  it('reads embeddings, which have no completion', () => {
    expect(extractOpenAiUsage({ prompt_tokens: 8, total_tokens: 8 }, 'openai')?.quantities).toEqual({ input_tokens: '8' });
  });

  it('adds reasoning that is counted beside the completion, as the total shows', () => {
    // xAI: 32 + 9 + 91 = 132
    const usage = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 132, completion_tokens_details: { reasoning_tokens: 91 } };
    expect(extractOpenAiUsage(usage, 'x-ai')?.quantities).toEqual({
      input_tokens: '32',
      output_tokens: '9',
      output_reasoning_tokens: '91',
    });
  });

  it('bills nothing for a negative count, and says so', () => {
    const usage = extractOpenAiUsage({ prompt_tokens: -5, completion_tokens: 7, total_tokens: 2 }, 'openai');
    expect(usage?.quantities).toEqual({ output_tokens: '7' });
    expect(usage?.anomalies).toEqual(['prompt_tokens is negative']);
  });

  it('never lets details exceed their total', () => {
    const usage = extractOpenAiUsage({ prompt_tokens: 10, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 25 } }, 'openai');
    expect(usage?.quantities).toEqual({ input_cached_tokens: '10' });
    expect(usage?.anomalies).toEqual(['input_cached_tokens of 25 exceed what is left of 10']);
  });

  it('keeps an explicit zero a zero', () => {
    expect(extractOpenAiUsage({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, 'openai')).toEqual({
      quantities: {},
      attributes: {},
      anomalies: [],
    });
  });

  it.each([null, undefined, [], 'x', 7, {}, { prompt_tokens: null }])('sees no usage in %j', (usage) => {
    expect(extractOpenAiUsage(usage, 'openai')).toBeUndefined();
  });

  it('reports garbage and never throws, and what it extracts adds up to the totals', () => {
    const count = fc.oneof(fc.nat(), fc.integer(), fc.double(), fc.string(), fc.constant(null), fc.constant({}));
    const usage = fc.record({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: fc.oneof(fc.record({ cached_tokens: count, audio_tokens: count, image_tokens: count }), count),
      completion_tokens_details: fc.oneof(fc.record({ reasoning_tokens: count, audio_tokens: count }), count),
    });
    fc.assert(
      fc.property(usage, (block) => {
        const extracted = extractOpenAiUsage(block, 'openai');
        if (!extracted) return;
        for (const quantity of Object.values(extracted.quantities)) expect(quantity).toMatch(/^[1-9][0-9]*$/);
        const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value <= 1e12;
        expect(sum(extracted.quantities, 'input_')).toBe(isCount(block.prompt_tokens) ? Math.max(0, block.prompt_tokens) : 0);
        expect(sum(extracted.quantities, 'output_')).toBe(isCount(block.completion_tokens) ? Math.max(0, block.completion_tokens) : 0);
      }),
      { numRuns: 1000 },
    );
  });
});
