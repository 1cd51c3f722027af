import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareOpenAiRequest } from './prepare-request';
import { readOpenAiRequest } from './read-request';

const OURS = new Set(['project', 'team', 'env', 'feature']);
const isOurTag = (key: string): boolean => OURS.has(key);

function prepare(text: string, changes: { model?: string; maxOutputTokens?: number; provider?: string } = {}): string {
  const body = Buffer.from(text);
  return prepareOpenAiRequest(readOpenAiRequest(body), { provider: 'openai', model: 'gpt-4o', isOurTag, ...changes }).toString();
}

describe('a request that is passed on', () => {
  it('changes nothing but the model, blanks and order included', () => {
    expect(prepare('{ "model" : "openai/gpt-4o",\n "messages":[ ] , "x":1e2 }')).toBe('{ "model" : "gpt-4o",\n "messages":[ ] , "x":1e2 }');
  });

  it('is the very same bytes when nothing has to change', () => {
    const body = Buffer.from('{"model":"gpt-4o","messages":[]}');
    expect(prepareOpenAiRequest(readOpenAiRequest(body), { provider: 'openai', model: 'gpt-4o', isOurTag })).toBe(body);
  });

  it('asks for usage in a stream that does not', () => {
    expect(prepare('{"model":"gpt-4o","stream":true}')).toBe('{"stream_options":{"include_usage":true},"model":"gpt-4o","stream":true}');
    expect(prepare('{"model":"gpt-4o","stream":true,"stream_options":null}')).toBe(
      '{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true}}',
    );
    expect(prepare('{"model":"gpt-4o","stream":true,"stream_options":{ "include_obfuscation":false}}')).toBe(
      '{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true, "include_obfuscation":false}}',
    );
    expect(prepare('{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":false}}')).toBe(
      '{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true}}',
    );
  });

  it('leaves stream_options alone when the client asked for usage or does not stream', () => {
    const asked = '{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true}}';
    expect(prepare(asked)).toBe(asked);
    expect(prepare('{"model":"gpt-4o","stream":false}')).toBe('{"model":"gpt-4o","stream":false}');
  });

  it('bounds the output by the member that the vendor takes, and only when the client set no tighter one', () => {
    expect(prepare('{"model":"gpt-4o"}', { maxOutputTokens: 500 })).toBe('{"max_completion_tokens":500,"model":"gpt-4o"}');
    expect(prepare('{"model":"gpt-4o"}', { maxOutputTokens: 500, provider: 'mistral' })).toBe('{"max_tokens":500,"model":"gpt-4o"}');
    expect(prepare('{"model":"gpt-4o","max_tokens":501}', { maxOutputTokens: 500 })).toBe('{"model":"gpt-4o","max_tokens":500}');
    expect(prepare('{"model":"gpt-4o","max_tokens":499}', { maxOutputTokens: 500 })).toBe('{"model":"gpt-4o","max_tokens":499}');
    expect(prepare('{"model":"gpt-4o","max_completion_tokens":null}', { maxOutputTokens: 500 })).toBe(
      '{"model":"gpt-4o","max_completion_tokens":500}',
    );
  });

  it('bounds every duplicate, whichever the vendor reads', () => {
    expect(prepare('{"model":"gpt-4o","max_tokens":9000,"max_tokens":10}', { maxOutputTokens: 500 })).toBe(
      '{"model":"gpt-4o","max_tokens":500,"max_tokens":10}',
    );
  });

  it('takes our tags out of metadata and keeps the rest', () => {
    expect(prepare('{"model":"gpt-4o","metadata":{"team":"a","ticket":"7","env":"prod"}}')).toBe(
      '{"model":"gpt-4o","metadata":{"ticket":"7"}}',
    );
    expect(prepare('{"model":"gpt-4o","metadata":{"ticket":"7","team":"a","env":"prod"}}')).toBe(
      '{"model":"gpt-4o","metadata":{"ticket":"7"}}',
    );
  });

  it('drops metadata that held nothing but our tags, since vendors refuse it on calls that are not stored', () => {
    expect(prepare('{"model":"gpt-4o","metadata":{"team":"a"}}')).toBe('{"model":"gpt-4o"}');
    expect(prepare('{"metadata":{"team":"a"},"model":"gpt-4o"}')).toBe('{"model":"gpt-4o"}');
    expect(prepare('{"metadata":{"team":"a"}}', { maxOutputTokens: 5 })).toBe('{"max_completion_tokens":5}');
  });

  it('keeps empty metadata that the client sent so', () => {
    expect(prepare('{"model":"gpt-4o","metadata":{}}')).toBe('{"model":"gpt-4o","metadata":{}}');
  });

  it('finds a member whose name is written with escapes', () => {
    expect(prepare('{"mod\\u0065l":"openai/gpt-4o"}')).toBe('{"mod\\u0065l":"gpt-4o"}');
  });

  it('means what JSON.parse says, whatever the body', () => {
    const key = fc.oneof(
      fc.constantFrom('model', 'stream', 'metadata', 'max_tokens', 'messages', 'stream_options', 'a"b', 'x\\y'),
      fc.string({ minLength: 2 }),
    );
    const members = fc.array(fc.tuple(key, fc.jsonValue({ maxDepth: 4 })), { maxLength: 8 });
    fc.assert(
      fc.property(
        members,
        fc.record({ team: fc.string(), other: fc.jsonValue() }, { requiredKeys: [] }),
        fc.constantFrom('', ' ', '\n\t'),
        (extra, metadata, blank) => {
          const own: [string, unknown][] = [
            ['model', 'openai/gpt-4o'],
            ['stream', true],
            ['max_tokens', 7000],
            ['metadata', metadata],
          ];
          const others = extra.filter(([name]) => !['stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'n'].includes(name));
          const text = `${blank}{${[...others, ...own]
            .map(([name, value]) => `${blank}${JSON.stringify(name)}${blank}:${blank}${JSON.stringify(value)}${blank}`)
            .join(',')}}${blank}`;
          const expected = JSON.parse(text) as Record<string, unknown>;
          expected['model'] = 'gpt-4o';
          expected['max_tokens'] = 1000;
          expected['stream_options'] = { include_usage: true };
          const tags = expected['metadata'] as Record<string, unknown>;
          if ('team' in tags) {
            delete tags['team'];
            if (Object.keys(tags).length === 0) delete expected['metadata'];
          }
          const prepared = JSON.parse(prepare(text, { maxOutputTokens: 1000 })) as Record<string, unknown>;
          // An earlier duplicate may come to light when the last metadata goes; it is without our tags either way.
          if (!('metadata' in expected)) delete prepared['metadata'];
          expect(prepared).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});
