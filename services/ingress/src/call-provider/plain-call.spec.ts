import { topics } from '@tollgate/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addConnection, addModel, ORGANIZATION_ID } from '../gateway/gateway-fixture';
import { CHAT, GatewayHarness, said } from '../gateway/gateway-harness';
import { answerJson, answerStream, CHAT_ANSWER, type ScriptedProvider } from './provider-fixture';

let harness: GatewayHarness;

beforeAll(async () => (harness = await GatewayHarness.start()));
afterAll(() => harness.stop());
beforeEach(() => harness.reset());

describe('a plain call', () => {
  it('is passed through byte for byte, recorded once, and told its price', async () => {
    const answer = await harness.post('/v1/chat/completions', CHAT, { 'x-tollgate-tags': 'env=prod' });
    expect(answer).toMatchObject({ status: 200, text: CHAT_ANSWER });
    // 15 × 2.50 + 4 × 1.25 + 10 × 10 = 142.5 dollars a million calls; × 0.8 = 0.000114 euros.
    expect(answer.headers).toMatchObject({
      'x-tollgate-cost': '0.000114',
      'x-tollgate-currency': 'EUR',
      'x-tollgate-provider': 'openai',
      'x-tollgate-model': 'gpt-4o',
      'x-tollgate-attempts': '1',
    });
    const usage = await harness.record();
    expect(usage).toMatchObject({
      organizationId: ORGANIZATION_ID,
      requestId: answer.headers['x-tollgate-request-id'],
      attempt: 1,
      provider: 'openai',
      model: 'gpt-4o',
      connectionId: 'shared-openai',
      ownConnection: false,
      operation: 'chat',
      keyId: 'key-1',
      streamed: false,
      tags: { team: 'core', project: 'search', env: 'prod' },
    });
    expect(said(usage)).toEqual({
      outcome: 'ANSWERED',
      quantities: { input_tokens: '15', input_cached_tokens: '4', output_tokens: '10' },
      estimated: false,
      status: 200,
    });
    expect(harness.provider.seen[0]).toMatchObject({ path: '/v1/chat/completions', body: JSON.stringify(CHAT) });
    expect(harness.provider.seen[0]!.headers).toMatchObject({
      authorization: 'Bearer sk-provider-secret',
      'x-tollgate-attempt-id': usage.eventId,
    });
  });

  it('sends on no key, no tag and no header of the client', async () => {
    await harness.post(
      '/v1/chat/completions',
      { ...CHAT, model: 'openai/gpt-4o', metadata: { team: 'search', tollgate_ticket: 'T-1' } },
      { cookie: 'a=b', 'x-secret': 's', 'openai-organization': 'org' },
    );
    const usage = await harness.record();
    expect(usage.tags).toEqual({ team: 'search', project: 'search', ticket: 'T-1' });
    expect(harness.provider.seen[0]!.body).toBe(JSON.stringify(CHAT));
    for (const name of ['cookie', 'x-secret', 'openai-organization', 'x-tollgate-tags'])
      expect(harness.provider.seen[0]!.headers[name]).toBeUndefined();
  });

  it('to /v1/embeddings is metered by what it read', async () => {
    const body = JSON.stringify({
      object: 'list',
      data: [{ embedding: [0.1, 0.2] }],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    });
    harness.provider.script = answerJson(body);
    const answer = await harness.post('/v1/embeddings', { model: 'text-embedding-3-small', input: 'Hi' });
    expect(answer).toMatchObject({ status: 200, text: body });
    const usage = await harness.record();
    expect(usage.operation).toBe('embeddings');
    expect(said(usage).quantities).toEqual({ input_tokens: '8' });
  });

  it('whose answer says nothing of usage is an estimate, and says so', async () => {
    const body = JSON.stringify({ choices: [{ message: { content: 'Hello' } }] });
    harness.provider.script = answerJson(body);
    expect((await harness.post('/v1/chat/completions', CHAT)).status).toBe(200);
    const usage = await harness.record();
    expect(said(usage)).toMatchObject({ outcome: 'ANSWERED', estimated: true });
  });

  it('with an answer of many megabytes is passed on as it comes, and metered by its end', async () => {
    const data = 'x'.repeat(6_000_000);
    const body = JSON.stringify({ data, usage: { prompt_tokens: 5, total_tokens: 5 } });
    harness.provider.script = answerJson(body);
    const answer = await harness.post('/v1/embeddings', { model: 'text-embedding-3-small', input: 'Hi' });
    expect(answer.text === body).toBe(true);
    expect(answer.headers['x-tollgate-cost']).toBeUndefined();
    expect(said(await harness.record())).toMatchObject({ outcome: 'ANSWERED', quantities: { input_tokens: '5' }, estimated: false });
  });

  it('is priced with the fee alone, and costs what the vendor bills, on an own connection', async () => {
    addConnection(harness.gateway.source, { id: 'own', organizationId: ORGANIZATION_ID, baseUrl: `${harness.provider.url}/own/v1` });
    harness.gateway.source
      .view(topics.markups)
      .put(ORGANIZATION_ID, { organizationId: ORGANIZATION_ID, percent: '50', ownConnectionFeePercent: '10', validFrom: '' });
    const answer = await harness.post('/v1/chat/completions', CHAT);
    // 0.000114 that the vendor bills, and a tenth of it as the fee.
    expect(answer.headers['x-tollgate-cost']).toBe('0.0001254');
    expect(harness.provider.seen[0]!.path).toBe('/own/v1/chat/completions');
    expect((await harness.records(1))[0]).toMatchObject({ connectionId: 'own', ownConnection: true });
    harness.gateway.source.view(topics.connections).put('own', undefined);
    // 0.000114 × 1.5
    expect((await harness.post('/v1/chat/completions', CHAT)).headers['x-tollgate-cost']).toBe('0.000171');
    harness.gateway.source.view(topics.markups).put(ORGANIZATION_ID, undefined);
    await harness.records(2);
  });
});

describe('a provider that misbehaves', () => {
  it.each<[string, ScriptedProvider['script'], number, string, string]>([
    ['answers no JSON', answerJson('<html>oops</html>'), 502, 'provider_garbage', 'FAILED'],
    ['answers half a JSON object', answerJson('{"choices":['), 502, 'provider_garbage', 'FAILED'],
    ['answers nothing', answerJson(''), 502, 'provider_garbage', 'FAILED'],
    ['redirects', answerJson('', 302, { location: 'http://169.254.169.254/' }), 502, 'provider_garbage', 'FAILED'],
    ['closes without an answer', (res) => res.socket!.destroy(), 502, 'provider_cut', 'FAILED'],
    [
      'closes in the midst of an answer',
      (res) => (
        res.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 }),
        res.write('{"id":'),
        void setTimeout(() => res.socket!.destroy(), 20)
      ),
      502,
      'provider_cut',
      'FAILED',
    ],
    ['speaks no HTTP', (res) => void res.socket!.end('SSH-2.0-OpenSSH\r\n\r\n'), 502, 'provider_garbage', 'FAILED'],
    ['hangs', () => undefined, 504, 'provider_timeout', 'TIMED_OUT'],
    ['streams nothing', answerStream([]), 502, 'provider_garbage', 'FAILED'],
    ['refuses our secret', answerJson('{"error":{"message":"bad key"}}', 401), 502, 'provider_refused_key', 'REFUSED'],
    [
      'answers an error page',
      (res) => void res.writeHead(503, { 'content-type': 'text/html', 'retry-after': '7' }).end('<html>'),
      503,
      'provider_error',
      'FAILED',
    ],
  ])('that %s is told as an error of the dialect, with one record that costs nothing', async (_, script, status, code, outcome) => {
    harness.provider.script = script;
    const answer = await harness.post('/v1/chat/completions', {
      ...CHAT,
      stream: code === 'provider_garbage' && outcome === 'FAILED' && script.toString().includes('event-stream'),
    });
    expect(answer.status).toBe(status);
    expect(answer.error).toMatchObject({ code, documentation: `/docs/problems#${code}` });
    expect(answer.error['fix']).toBeTruthy();
    expect(answer.headers['x-tollgate-request-id']).toBeTruthy();
    const usage = await harness.record();
    expect(said(usage)).toMatchObject({ outcome, quantities: {}, estimated: false });
  });

  it.each([400, 404, 429, 500])('that answers %i in the dialect is passed through', async (status) => {
    const body = JSON.stringify({ error: { message: 'no', type: 'x', param: null, code: 'y' } });
    harness.provider.script = answerJson(body, status, { 'retry-after': '3', 'set-cookie': 'spy=1' });
    const answer = await harness.post('/v1/chat/completions', CHAT);
    expect(answer).toMatchObject({ status, text: body, headers: { 'retry-after': '3' } });
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(said(await harness.record())).toMatchObject({ outcome: status === 500 ? 'FAILED' : 'REFUSED', quantities: {}, status });
  });

  it('that nobody can reach was not sent anything', async () => {
    addModel(harness.gateway.source, 'groq', 'llama');
    addConnection(harness.gateway.source, { id: 'down', provider: 'groq', baseUrl: 'http://127.0.0.1:1/openai/v1' });
    const answer = await harness.post('/v1/chat/completions', { ...CHAT, model: 'groq/llama' });
    expect(answer).toMatchObject({ status: 502, error: { code: 'provider_unreachable' } });
    expect(said(await harness.record())).toMatchObject({ outcome: 'NOT_SENT', quantities: {}, status: 0 });
  });

  it('that lives inside the network is not called', async () => {
    addConnection(harness.gateway.source, { id: 'down', provider: 'groq', baseUrl: 'http://169.254.169.254/v1' });
    const answer = await harness.post('/v1/chat/completions', { ...CHAT, model: 'groq/llama' });
    expect(answer.error).toMatchObject({ code: 'provider_unreachable' });
    expect(answer.text).toContain('not allowed');
    expect(said(await harness.record())).toMatchObject({ outcome: 'NOT_SENT' });
  });
});
