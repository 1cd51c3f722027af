import { describe, expect, it } from 'vitest';
import { JsonScanError } from '../json/scan-members';
import { inspectOpenAiInput } from './inspect-input';
import { RequestShapeError, readOpenAiRequest } from './read-request';

const read = (body: unknown) => readOpenAiRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

describe('a chat request', () => {
  it('tells what a gateway has to know', () => {
    const request = read({
      model: 'openai/gpt-4o',
      messages: [
        { role: 'system', content: 'a, [b]' },
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x' } }] },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 300,
      max_completion_tokens: 200,
      n: 2,
      metadata: { team: 'search', ticket: '7' },
    });
    expect(request).toMatchObject({
      model: 'openai/gpt-4o',
      stream: true,
      includesUsage: true,
      maxOutputTokens: 200,
      n: 2,
      metadata: { team: 'search', ticket: '7' },
      duplicates: [],
    });
    expect(inspectOpenAiInput(request)).toEqual({ messageCount: 2, images: true, audio: false, files: false, webSearch: false });
  });

  it('has defaults for what the client left out', () => {
    expect(read('{}')).toMatchObject({
      model: undefined,
      stream: false,
      includesUsage: false,
      maxOutputTokens: undefined,
      n: 1,
    });
    expect(read('{"max_tokens":null,"n":null,"stream":null,"stream_options":null,"metadata":null,"messages":null}')).toMatchObject({
      n: 1,
    });
  });

  it('names members that occur twice', () => {
    expect(read('{"model":"a","model":"b","x":1,"x":2}')).toMatchObject({ model: 'b', duplicates: ['model'] });
  });

  it.each([
    ['{"max_tokens":-1}', 'max_tokens must be a whole number of at least 1'],
    ['{"max_tokens":1.5}', 'max_tokens must be a whole number of at least 1'],
    ['{"max_completion_tokens":"9"}', 'max_completion_tokens must be a whole number of at least 1'],
    ['{"n":0}', 'n must be a whole number of at least 1'],
    ['{"n":[3]}', 'n must be a whole number of at least 1'],
    ['{"stream":"yes"}', 'stream must be true or false'],
  ])('refuses %s', (body, message) => {
    expect(() => read(body)).toThrow(new RequestShapeError(message.split(' ')[0]!, message.slice(message.indexOf('must be ') + 8)));
  });

  it.each(['', 'x', '[]', '{"model":"gpt', '{"model":"\\x"}', '{"messages":[}'])('refuses %s as malformed', (body) => {
    expect(() => read(body)).toThrow(JsonScanError);
  });
});
