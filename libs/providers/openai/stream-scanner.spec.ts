import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenAiStreamScanner } from './stream-scanner';

const chunk = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta: { content }, finish_reason: null }], usage: null })}\n\n`;
const finish = `data: {"id":"c1","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}\n\n`;
const usageOnly = `data: {"id":"c1","model":"gpt-4o-2024-08-06","service_tier":"default","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":4}}}\n\n`;
const done = 'data: [DONE]\n\n';

/** Cuts a text at the given places. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
}

function run(pieces: Buffer[], dropsUsageChunk: boolean, provider = 'openai') {
  const scanner = new OpenAiStreamScanner(provider, dropsUsageChunk);
  const out: Buffer[] = [];
  for (const piece of pieces) out.push(...scanner.push(piece));
  const { forward, answer } = scanner.end();
  return { text: Buffer.concat([...out, ...forward]).toString(), answer, scanner };
}

const anyContent = fc.array(fc.oneof(fc.string(), fc.constantFrom('"usage":{"prompt_tokens":1}', '\n\n', 'data: [DONE]', '', 'é💶')), {
  maxLength: 6,
});

describe('a streamed answer', () => {
  it('gives its usage, model and finish wherever it is cut, and passes on every byte but the usage chunk', () => {
    fc.assert(
      fc.property(
        anyContent,
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.boolean(),
        fc.constantFrom('\n', '\r\n'),
        (contents, places, drops, eol) => {
          const lines = (text: string): string => text.replaceAll('\n', eol);
          const before = lines(': ping\n\n' + contents.map(chunk).join('') + finish);
          const whole = before + lines(usageOnly) + lines(done);
          const { text, answer } = run(cut(Buffer.from(whole), places), drops);
          expect(text).toBe(drops ? before + lines(done) : whole);
          // 12 - 4 = 8
          expect(answer.usage).toEqual({
            quantities: { input_tokens: '8', input_cached_tokens: '4', output_tokens: '5' },
            attributes: { service_tier: 'default' },
            anomalies: [],
          });
          expect(answer.model).toBe('gpt-4o-2024-08-06');
          expect(answer.finishReason).toBe('stop');
          expect(answer.complete).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('passes on every byte of garbage, too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 8 }), (bytes, places) => {
        const scanner = new OpenAiStreamScanner('openai', true);
        const out = cut(Buffer.from(bytes), places).flatMap((piece) => [...scanner.push(piece)]);
        const { forward, answer } = scanner.end();
        expect(Buffer.concat([...out, ...forward])).toEqual(Buffer.from(bytes));
        expect(answer.usage).toBeUndefined();
      }),
    );
  });

  it('keeps usage that comes with content, since it is not a chunk of its own', () => {
    const last = `data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n`;
    const { text, answer } = run([Buffer.from(last + done)], true, 'mistral');
    expect(text).toBe(last + done);
    expect(answer.usage?.quantities).toEqual({ input_tokens: '3', output_tokens: '2' });
    expect(answer.finishReason).toBe('length');
  });

  it('counts the last usage of a stream that repeats it', () => {
    const running = (completion: number): string =>
      `data: {"choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"prompt_tokens":3,"completion_tokens":${completion}}}\n\n`;
    expect(run([Buffer.from(running(1) + running(2) + running(3) + done)], true).answer.usage?.quantities).toEqual({
      input_tokens: '3',
      output_tokens: '3',
    });
  });

  it('keeps the usage that it found when later events have none, or only a name that ends like it', () => {
    const alike = 'data: {"choices":[{"index":0,"delta":{"content":""}}],"a\\"usage":{"prompt_tokens":99}}\n\n';
    for (const later of [chunk('b'), alike]) {
      expect(run([Buffer.from(usageOnly + later + done)], true).answer.usage?.quantities).toMatchObject({ output_tokens: '5' });
    }
  });

  it('does not take a text for the end of the stream', () => {
    const scanner = new OpenAiStreamScanner('openai', true);
    scanner.push(Buffer.from('data: {"choices":[{"delta":{"content":"[DONE]"}}]}\n\n'));
    expect(scanner.done).toBe(false);
    scanner.push(Buffer.from('data:[DONE]\r\n\r\n'));
    expect(scanner.done).toBe(true);
  });

  it("reads Groq's usage of the last chunk", () => {
    const last = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r","usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"queue_time":0.1}}}\n\n`;
    const { text, answer } = run([Buffer.from(last + done)], true, 'groq');
    expect(text).toBe(last + done);
    expect(answer.usage?.quantities).toEqual({ input_tokens: '9', output_tokens: '4' });
  });

  it('is incomplete without usage when it is cut, and tells how many events came', () => {
    const { text, answer, scanner } = run([Buffer.from(chunk('a') + chunk('b')), Buffer.from(usageOnly.slice(0, 90))], true);
    expect(text).toBe(chunk('a') + chunk('b') + usageOnly.slice(0, 90));
    expect(answer).toMatchObject({ usage: undefined, complete: false, model: 'gpt-4o-2024-08-06' });
    expect(scanner.events).toBe(3);
  });

  it('counts usage whose closing blank line never came', () => {
    expect(run([Buffer.from(chunk('a') + usageOnly.trimEnd())], true).answer.usage?.quantities).toMatchObject({ output_tokens: '5' });
  });

  it('tells the first content from the opening chunk that has none', () => {
    const scanner = new OpenAiStreamScanner('openai', true);
    scanner.push(Buffer.from(chunk('')));
    expect(scanner.hasContent).toBe(false);
    scanner.push(Buffer.from(chunk('Hi')));
    expect(scanner.hasContent).toBe(true);
  });

  it('passes an event of megabytes on as it comes, and finds usage at its end', () => {
    const data = 'A'.repeat(3_000_000);
    const event = `data: {"choices":[{"index":0,"delta":{"images":["${data}"]}}],"usage":{"prompt_tokens":3,"completion_tokens":1290,"completion_tokens_details":{"image_tokens":1290}}}\n\n`;
    const bytes = Buffer.from(event + done);
    const scanner = new OpenAiStreamScanner('openrouter', true);
    const out: Buffer[] = [];
    let held = 0;
    for (let start = 0; start < bytes.length; start += 16_384) {
      out.push(...scanner.push(bytes.subarray(start, start + 16_384)));
      held = Math.max(held, Math.min(start + 16_384, bytes.length) - out.reduce((total, piece) => total + piece.length, 0));
    }
    const { forward, answer } = scanner.end();
    expect(Buffer.concat([...out, ...forward]).equals(bytes)).toBe(true);
    expect(held).toBeLessThanOrEqual(65_536);
    expect(answer.usage?.quantities).toEqual({ input_tokens: '3', output_image_tokens: '1290' });
    expect(answer.complete).toBe(true);
  });
});
