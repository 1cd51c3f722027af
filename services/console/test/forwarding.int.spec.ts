import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FrontDoorFixture } from './front-door-fixture';
import { answerJson, textOf } from './stand-in-service';

let door: FrontDoorFixture;
beforeAll(async () => {
  door = await FrontDoorFixture.start();
});
afterAll(() => door?.stop());
beforeEach(() => door.reset());

describe('bodies', () => {
  it('are streamed to the service as they come, byte for byte', async () => {
    const bytes = Buffer.alloc(900_000, 'ä{"');
    let digest = '';
    door.pricing.handler = (request, response) => {
      const hash = createHash('sha256');
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      request.on('end', () => {
        digest = hash.digest('hex');
        answerJson(response, 201, {});
      });
    };
    const headers = { authorization: `Bearer ${door.newKey()}`, 'content-type': 'text/csv', 'idempotency-key': 'k' };
    const response = await fetch(`${door.url}/api/v1/prices`, { method: 'POST', headers, body: bytes });
    expect(response.status).toBe(201);
    expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(door.pricing.seen[0]?.headers).toMatchObject({ 'content-type': 'text/csv', 'content-length': '900000', 'idempotency-key': 'k' });
  });

  it('are refused with 413 when they announce, or turn out, to be over 1 MB', async () => {
    door.pricing.handler = (request, response) =>
      void textOf(request).then(
        () => answerJson(response, 201, {}),
        () => undefined,
      );
    const headers = { authorization: `Bearer ${door.newKey()}` };
    const announced = await fetch(`${door.url}/api/v1/prices`, { method: 'POST', headers, body: Buffer.alloc(1_048_577) });
    expect([announced.status, ((await announced.json()) as { code: string }).code]).toEqual([413, 'body_too_large']);
    expect(door.pricing.seen).toEqual([]);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${door.url}/api/v1/prices`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      for (let sent = 0; sent < 12; sent += 1) request.write(Buffer.alloc(100_000));
      request.end();
    });
    expect(status).toBe(413);
  });

  it('are streamed back as they come, whatever their type', async () => {
    let finish = () => {};
    door.pricing.handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-disposition': 'attachment', connection: 'close' });
      response.write('first\n');
      finish = () => response.end('last\n');
    };
    const response = await door.get('/api/v1/charges', door.newKey());
    expect(response.headers.get('content-disposition')).toBe('attachment');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('first\n');
    finish();
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('last\n');
  });

  it('stop at the service when the client goes', async () => {
    const gone = new Promise<void>((resolve) => {
      door.pricing.handler = (request, response) => {
        response.writeHead(200);
        response.write('first');
        request.socket.on('close', resolve);
      };
    });
    const leaving = new AbortController();
    await fetch(`${door.url}/api/v1/charges`, { headers: { authorization: `Bearer ${door.newKey()}` }, signal: leaving.signal });
    leaving.abort();
    await gone;
  });

  it('are empty where the service answers none', async () => {
    door.pricing.handler = (_request, response) => void response.writeHead(204).end();
    const response = await fetch(`${door.url}/api/v1/prices/1`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${door.newKey()}`, 'content-type': 'application/json' },
    });
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('that the service refuses keep its problem', async () => {
    door.pricing.handler = (_request, response) =>
      void response.writeHead(409, { 'content-type': 'application/problem+json', 'retry-after': '7' }).end('{"code":"x"}');
    const response = await door.get('/api/v1/charges', door.newKey());
    expect([response.status, response.headers.get('content-type'), response.headers.get('retry-after')]).toEqual([
      409,
      'application/problem+json',
      '7',
    ]);
  });
});

describe('a service that is away', () => {
  it('is answered for with a 503 that says to come back, also for a POST, since nothing was sent', async () => {
    const headers = { authorization: `Bearer ${door.newKey()}` };
    for (const init of [{}, { method: 'POST', body: '{}' }]) {
      const response = await fetch(`${door.url}/api/v1/invoices`, { headers, ...init });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await response.json()).toMatchObject({ code: 'temporarily_unavailable', detail: expect.stringContaining('invoicing') });
    }
  });

  it('is tried again for a GET whose connection broke, and not for a POST', async () => {
    let calls = 0;
    door.pricing.handler = (request, response) => {
      calls += 1;
      if (calls === 1 || request.method === 'POST') request.socket.destroy();
      else answerJson(response, 200, {});
    };
    const key = door.newKey();
    expect((await door.get('/api/v1/charges', key)).status).toBe(200);
    expect(calls).toBe(2);
    const response = await fetch(`${door.url}/api/v1/re-ratings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: '{}',
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([503, 'answer_lost']);
    expect(calls).toBe(3);
  });
});
