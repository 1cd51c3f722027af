import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHAT, GatewayHarness, said } from '../gateway/gateway-harness';
import { answerStream, chunkEvent, DONE, STREAM, STREAM_USAGE } from './provider-fixture';

let harness: GatewayHarness;

beforeAll(async () => (harness = await GatewayHarness.start()));
afterAll(() => harness.stop());
beforeEach(() => harness.reset());

describe('a streamed call', () => {
  it('is passed through less the usage chunk that the client did not ask for', async () => {
    harness.provider.script = answerStream([...STREAM, chunkEvent(null, STREAM_USAGE), DONE]);
    const answer = await harness.post('/v1/chat/completions', { ...CHAT, stream: true });
    expect(answer.text).toBe([...STREAM, DONE].join(''));
    expect(answer.headers['content-type']).toBe('text/event-stream');
    expect(JSON.parse(harness.provider.seen[0]!.body)).toEqual({ stream_options: { include_usage: true }, ...CHAT, stream: true });
    const usage = await harness.record();
    expect(said(usage)).toEqual({
      outcome: 'ANSWERED',
      quantities: { input_tokens: '19', output_tokens: '3' },
      estimated: false,
      status: 200,
    });
    expect(usage.streamed).toBe(true);
    expect(usage.timeToFirstTokenMs).toBeGreaterThan(0);
  });

  it('keeps the usage chunk that the client asked for', async () => {
    const pieces = [...STREAM, chunkEvent(null, STREAM_USAGE), DONE];
    harness.provider.script = answerStream(pieces);
    const body = { ...CHAT, stream: true, stream_options: { include_usage: true } };
    expect((await harness.post('/v1/chat/completions', body)).text).toBe(pieces.join(''));
    expect(harness.provider.seen[0]!.body).toBe(JSON.stringify(body));
    await harness.records(1);
  });

  it('is the same however the network cuts it', async () => {
    const whole = [...STREAM, chunkEvent(null, STREAM_USAGE), DONE].join('');
    harness.provider.script = answerStream([...whole].map(String));
    expect((await harness.post('/v1/chat/completions', { ...CHAT, stream: true })).text).toBe([...STREAM, DONE].join(''));
    expect(said(await harness.record())).toMatchObject({ outcome: 'ANSWERED', quantities: { input_tokens: '19', output_tokens: '3' } });
  });

  it('is written to the spool before [DONE] leaves', async () => {
    harness.provider.script = answerStream([...STREAM, chunkEvent(null, STREAM_USAGE), DONE], () => undefined);
    const answer = await harness.open('/v1/chat/completions', { ...CHAT, stream: true });
    const before = harness.gateway.spool.spool.openCalls;
    expect(before).toBe(1);
    for await (const chunk of answer.body) if (String(chunk).includes('[DONE]')) expect(harness.gateway.spool.spool.openCalls).toBe(0);
    await harness.records(1);
  });

  it('that the provider cuts ends with an error event, and is charged for what came, as an estimate', async () => {
    harness.provider.script = answerStream(STREAM.slice(0, 2), (res) => res.socket!.destroy());
    const answer = await harness.post('/v1/chat/completions', { ...CHAT, stream: true });
    expect(answer.text.startsWith(STREAM.slice(0, 2).join(''))).toBe(true);
    expect(JSON.parse(answer.text.split('data: ')[3]!)).toMatchObject({ error: { code: 'provider_cut', type: 'server_error' } });
    const usage = await harness.record();
    expect(said(usage)).toMatchObject({ outcome: 'PROVIDER_CUT', estimated: true, status: 200 });
    expect(usage.quantities['output_tokens']).toBe('2');
  });

  it('that pauses for too long is cut off in the same way', async () => {
    harness.provider.script = answerStream(STREAM.slice(0, 1), () => undefined);
    const answer = await harness.post('/v1/chat/completions', { ...CHAT, stream: true });
    expect(answer.text).toContain('provider_timeout');
    expect(said(await harness.record())).toMatchObject({ outcome: 'PROVIDER_CUT', estimated: true });
  });

  it('whose client hangs up is read to its end, and charged what it really used', async () => {
    let finish: () => void = () => undefined;
    harness.provider.script = (res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(STREAM[0]!);
      finish = () => res.end(STREAM[1]! + chunkEvent(null, STREAM_USAGE) + DONE);
    };
    const abort = new AbortController();
    const answer = await harness.open('/v1/chat/completions', { ...CHAT, stream: true }, { signal: abort.signal });
    answer.body.on('error', () => undefined);
    await new Promise((resolve) => answer.body.once('data', resolve));
    abort.abort();
    await sleep(50);
    finish();
    expect(said(await harness.record())).toEqual({
      outcome: 'CLIENT_CUT',
      quantities: { input_tokens: '19', output_tokens: '3' },
      estimated: false,
      status: 200,
    });
  });

  it('does not read the provider further than the client takes', async () => {
    let written = 0;
    harness.provider.script = (res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      const event = chunkEvent('x'.repeat(10_000));
      const pump = () => {
        while (written < 3_000) {
          written += 1;
          if (!res.write(event)) return void res.once('drain', pump);
        }
        res.end(chunkEvent(null, STREAM_USAGE) + DONE);
      };
      pump();
    };
    const answer = await harness.open('/v1/chat/completions', { ...CHAT, stream: true });
    await sleep(300);
    const stuckAt = written;
    expect(stuckAt).toBeLessThan(3_000);
    await sleep(100);
    expect(written).toBe(stuckAt);
    expect((await answer.body.text()).endsWith(DONE)).toBe(true);
    expect(said(await harness.record())).toMatchObject({ outcome: 'ANSWERED' });
  });
});
