import { topics } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { Problem } from '@tollgate/platform/http';
import { readOpenAiRequest } from '@tollgate/providers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallRoute } from '../call-provider/call-route';
import { Directory } from '../directory/directory';
import { addModel, fillDirectory, WritableDirectory } from '../gateway/gateway-fixture';
import { CallPricer } from '../price-call/call-pricer';
import { boundCall } from './bound-call';

const NOW = Date.parse('2026-10-10T00:00:00Z');
const MODEL = { maxInputTokens: 128_000, maxOutputTokens: 16_384 };
let source: WritableDirectory;
let directory: Directory;

beforeEach(() => {
  source = new WritableDirectory();
  directory = new Directory(source);
  fillDirectory(source, 'http://127.0.0.1:1');
});

function bound(body: object, { operation = 'chat', model = 'gpt-4o', limits = MODEL, percent = '0', own = false } = {}) {
  source.view(topics.markups).put('o', { organizationId: 'o', percent, ownConnectionFeePercent: '10', validFrom: '' });
  const pricer = new CallPricer(directory, { provider: 'openai', model }, own, directory.terms('o', NOW), 'EUR');
  const request = readOpenAiRequest(Buffer.from(JSON.stringify(body)));
  const bytes = request.body.length;
  const { least, most, maxOutputTokens } = boundCall({ operation, pricer } as CallRoute, request, limits, NOW);
  return {
    cost: most.toString(),
    least: least.toString(),
    maxOutputTokens: maxOutputTokens(most),
    allowed: (held: string) => maxOutputTokens(Decimal.parse(held)),
    bytes,
  };
}

function refusal(body: object, options = {}): string {
  try {
    return bound(body, options).cost;
  } catch (error) {
    const { status, code, extra } = error as Problem;
    return `${status} ${code} ${String(extra['param'])}`;
  }
}

const text = (change: object = {}) => ({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], ...change });
/** Millionths of a dollar, at 0.8 euros. */
const euros = (input: number, output: number, factor = 1) => ((input * 2.5 + output * 10) * 0.8 * factor) / 1e6;

describe('the upper bound of a call', () => {
  it('is its body in bytes and a frame as input, and the output that it allows', () => {
    const { cost, bytes, maxOutputTokens } = bound(text({ max_completion_tokens: 100 }));
    expect(Number(cost)).toBeCloseTo(euros(bytes + 256, 100), 12);
    expect(maxOutputTokens).toBeUndefined();
  });

  it('counts every choice', () => {
    const { cost, bytes } = bound(text({ max_tokens: 100, n: 3 }));
    expect(Number(cost)).toBeCloseTo(euros(bytes + 256, 300), 12);
  });

  it('takes the model’s own limit where the client sets none, and has it sent along', () => {
    const { cost, bytes, maxOutputTokens } = bound(text());
    expect(Number(cost)).toBeCloseTo(euros(bytes + 256, 16_384), 12);
    expect(maxOutputTokens).toBe(16_384);
  });

  it('shrinks with the output where the client left its length open: to 1,024 tokens at the least, never above what is held', () => {
    const { least, cost, bytes, allowed } = bound(text());
    expect(Number(least)).toBeCloseTo(euros(bytes + 256, 1_024), 12);
    // 10 dollars a million at 0.8 are 0.000008 euros a token.
    const held = (tokens: number) =>
      Decimal.parse(least)
        .plus(Decimal.parse('0.000008').times(Decimal.from(BigInt(tokens))))
        .toString();
    expect([allowed(least), allowed(held(100)), allowed(held(15_360)), allowed(cost)]).toEqual([1_024, 1_124, 16_384, 16_384]);
    expect(allowed(Decimal.parse(held(100)).minus(Decimal.parse('0.000001')).toString())).toBe(1_123);
  });

  it('is never more input than the model reads', () => {
    const { cost } = bound(text({ messages: 'x'.repeat(200_000), max_tokens: 1 }));
    expect(Number(cost)).toBeCloseTo(euros(128_000, 1), 12);
  });

  it('has the mark-up on it, or on an own connection the fee on top of what the vendor bills', () => {
    const body = text({ max_tokens: 1 });
    expect(Number(bound(body, { percent: '20' }).cost)).toBeCloseTo(euros(bound(body).bytes + 256, 1, 1.2), 12);
    expect(Number(bound(body, { percent: '20', own: true }).cost)).toBeCloseTo(euros(bound(body).bytes + 256, 1, 1.1), 12);
  });

  it('counts an image by URL as the most that any vendor counts', () => {
    addModel(source, 'openai', 'sees', { input_tokens: '2.5', input_image_tokens: '5', output_tokens: '10' });
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
    const { cost } = bound(text({ messages: [{ role: 'user', content: [image] }], max_tokens: 1 }), {
      model: 'sees',
      limits: { maxInputTokens: 0, maxOutputTokens: 0 },
    });
    // The part names image_url twice: 2 × 50,000 tokens at 5 dollars a million, and more for the text.
    expect(Number(cost)).toBeGreaterThan((100_000 * 5 * 0.8) / 1e6);
  });

  it('of embeddings has no output', () => {
    const { cost, bytes } = bound(
      { model: 'text-embedding-3-small', input: 'Hi' },
      { operation: 'embeddings', model: 'text-embedding-3-small' },
    );
    expect(Number(cost)).toBeCloseTo(((bytes + 256) * 0.02 * 0.8) / 1e6, 15);
  });

  it.each<[string, object, object, string]>([
    [
      'without any bound of the output',
      text(),
      { limits: { maxInputTokens: 0, maxOutputTokens: 0 } },
      '400 call_unbounded max_completion_tokens',
    ],
    ['with a search without a cap', text({ web_search_options: {} }), {}, '400 call_unbounded web_search_options'],
    [
      'with a file',
      text({ messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] }),
      {},
      '400 call_unbounded messages',
    ],
    ['of a model without a price', text(), { model: 'gpt-5-secret' }, '400 call_unbounded model'],
  ])('does not exist %s: the call is refused, naming what would bound it', (_, body, options, problem) =>
    expect(refusal(body, options)).toBe(problem),
  );
});
