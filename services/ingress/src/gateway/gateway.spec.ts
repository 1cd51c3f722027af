import { Outcome, UsageRecord } from '@tollgate/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerJson, answerStream, CHAT_ANSWER, chunkEvent, DONE, STREAM, STREAM_USAGE } from '../call-provider/provider-fixture';
import { SpoolWriteError } from '../spool/segment-files';
import { addKey } from './gateway-fixture';
import { CHAT, GatewayHarness } from './gateway-harness';

let harness: GatewayHarness;

beforeAll(async () => (harness = await GatewayHarness.start()));
afterAll(() => harness.stop());
beforeEach(() => harness.reset());

describe('a bad request', () => {
  const deep = `{"model":"gpt-4o","messages":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['without a key', CHAT, { authorization: '' }, 401, 'invalid_api_key'],
    ['with a wrong key', CHAT, { authorization: 'Bearer sk-wrong' }, 401, 'invalid_api_key'],
    ['with a body that is no JSON', '{"model":', {}, 400, 'invalid_body'],
    ['with an array', '[]', {}, 400, 'invalid_body'],
    ['without a body', '', {}, 400, 'invalid_body'],
    ['nested too deeply', deep, {}, 400, 'invalid_body'],
    ['that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), {}, 400, 'invalid_body'],
    ['without a model', { messages: [] }, {}, 400, 'model_missing'],
    ['with an unknown model', { ...CHAT, model: 'gpt-99' }, {}, 404, 'model_not_found'],
    ['with a wrong stream flag', { ...CHAT, stream: 'yes' }, {}, 400, 'invalid_body'],
    ['with malformed tags', CHAT, { 'x-tollgate-tags': 'team' }, 400, 'invalid_tags'],
    ['with an unknown project', CHAT, { 'x-tollgate-tags': 'project=nope' }, 400, 'project_unknown'],
    ['that is too large', 'x'.repeat(100_001), {}, 413, 'body_too_large'],
    ['that is compressed', 'x', { 'content-encoding': 'gzip' }, 415, 'content_encoding_unsupported'],
  ])('%s is refused in the dialect, before any provider is called, and leaves no record', async (_, body, headers, status, code) => {
    const answer = await harness.post('/v1/chat/completions', body, headers);
    expect(answer).toMatchObject({ status, error: { code, status } });
    expect(typeof answer.error['message']).toBe('string');
    expect(harness.provider.seen).toEqual([]);
    await harness.records(0);
  });

  it('to nowhere, or by another method, is told where to go', async () => {
    expect(await harness.post('/v1/nothing', CHAT)).toMatchObject({ status: 404, error: { code: 'not_found' } });
    const got = await harness.open('/v1/chat/completions', null, { method: 'GET' });
    expect([got.statusCode, ((await got.body.json()) as { error: { code: string } }).error.code]).toEqual([405, 'method_not_allowed']);
  });

  it('of a key without the scope is refused', async () => {
    const other = addKey(harness.gateway.source, { scopes: ['usage:write'] });
    expect(await harness.post('/v1/chat/completions', CHAT, { authorization: `Bearer ${other}` })).toMatchObject({
      status: 403,
      error: { code: 'scope_missing' },
    });
  });
});

describe('a gateway that cannot keep its promise', () => {
  const refused = { status: 503, error: { code: 'temporarily_unavailable' } };

  it('takes no call and no event while its disk has no room', async () => {
    const { room } = harness.gateway.spool;
    room.refusal = 'full';
    const answer = await harness.chat();
    expect(answer).toMatchObject(refused);
    expect(answer.headers['retry-after']).toBe('5');
    expect((await harness.post('/v1/usage/events', [])).status).toBe(503);
    room.refusal = null;
    expect(harness.provider.seen).toEqual([]);
  });

  it('lets no call leave whose intent could not be written, and gives it no number', async () => {
    const { spool } = harness.gateway.spool;
    const before = spool.lastSequence;
    const segment = (spool as unknown as { segment: { append: () => void } }).segment;
    const append = segment.append.bind(segment);
    segment.append = () => {
      throw new SpoolWriteError(new Error('no space left on device'));
    };
    expect(await harness.chat()).toMatchObject(refused);
    segment.append = append;
    expect([spool.lastSequence, spool.openCalls, harness.provider.seen]).toEqual([before, 0, []]);
    expect((await harness.chat()).status).toBe(200);
    await harness.record();
  });

  it('says that it is still learning, never that a key is wrong, until it knows what there is', async () => {
    harness.gateway.source.ready = false;
    expect(await harness.chat()).toMatchObject(refused);
    harness.gateway.source.ready = true;
  });
});

describe('the stock OpenAI client', () => {
  it('works with the base URL and the key alone', async () => {
    const client = new OpenAI({ apiKey: harness.key, baseURL: `${harness.gateway.url}/v1`, maxRetries: 0 });
    const plain = await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] });
    expect(plain.choices[0]!.message.content).toBe('Hello');
    harness.provider.script = answerStream([...STREAM, chunkEvent(null, STREAM_USAGE), DONE]);
    let text = '';
    for await (const chunk of await client.chat.completions.create({
      model: 'openai/gpt-4o',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    })) {
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toBe('Hello!');
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toEqual(expect.arrayContaining(['openai/gpt-4o', 'openai/text-embedding-3-small']));
    expect(await client.models.retrieve('openai/gpt-4o')).toMatchObject({ id: 'openai/gpt-4o', owned_by: 'openai' });
    await expect(client.chat.completions.create({ model: 'gpt-99', messages: [] })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    await harness.records(2);
  });
});

describe('the end of the process', () => {
  it('waits for calls, ends those that take too long, and leaves a record of each', async () => {
    const ending = await GatewayHarness.start({ limits: { firstByteMs: 60_000 } });
    ending.provider.script = (res, request, req) => {
      if (!request.body.includes('slow')) setTimeout(() => answerJson(CHAT_ANSWER)(res, request, req), 100);
    };
    const [quick, slow] = ['quick', 'slow'].map((content) => ending.chat({ messages: [{ role: 'user', content }] }));
    await sleep(50);
    const stopping = ending.stop();
    expect((await quick)!.status).toBe(200);
    expect(await slow).toMatchObject({ status: 503, error: { code: 'shutting_down' } });
    await stopping;
    const bodies = ending.gateway.shipped.map(({ value }) => UsageRecord.decode(value).body);
    expect(
      bodies.map((body) => (body?.$case === 'usage' ? Outcome[body.value.outcome] : body?.$case)).filter((one) => one !== 'marked'),
    ).toEqual(['OUTCOME_ANSWERED', 'OUTCOME_FAILED', 'closed']);
  });
});
