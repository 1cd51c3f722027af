import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { httpJson } from './http-json';

const AWAY = 'http://127.0.0.1:1';
const servers: Server[] = [];
afterEach(() =>
  Promise.all(servers.splice(0).map((server) => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))))),
);

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, calls: number) => void,
): Promise<{ url: string; calls: () => number }> {
  let calls = 0;
  const server = createServer((request, response) => answer(request, response, (calls += 1)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: () => calls };
}

describe('calls between services', () => {
  it('send token and JSON, and read JSON', async () => {
    const { url } = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.end(
        JSON.stringify({
          method: request.method,
          path: request.url,
          token: request.headers['x-tollgate-internal'],
          body: JSON.parse(Buffer.concat(chunks).toString()),
        }),
      );
    });
    expect(await httpJson([`${url}/`], '/x?y=1', { method: 'POST', body: { a: 1 }, token: 't' })).toEqual({
      method: 'POST',
      path: '/x?y=1',
      token: 't',
      body: { a: 1 },
    });
  });
  it('try the next address when one does not answer', async () => {
    const { url } = await serve((_, response) => void response.end('{"ok":true}'));
    expect(await httpJson([AWAY, url], '/')).toEqual({ ok: true });
    expect(await httpJson([AWAY, url], '/', { method: 'POST', body: {} })).toEqual({ ok: true });
  });
  it('repeat a GET that found the service away, and no refusal', async () => {
    const recovering = await serve((_, response, calls) => void response.writeHead(calls === 1 ? 503 : 200).end('{"ok":true}'));
    expect(await httpJson([recovering.url], '/')).toEqual({ ok: true });
    const refusing = await serve((_, response) => void response.writeHead(404).end('{"code":"not_found"}'));
    await expect(httpJson([refusing.url], '/')).rejects.toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(refusing.calls()).toBe(1);
  });
  it('never repeat a POST that may have arrived', async () => {
    const { url, calls } = await serve((request) => void request.socket.destroy());
    await expect(httpJson([url], '/', { method: 'POST', body: {} })).rejects.toMatchObject({ status: 0 });
    expect(calls()).toBe(1);
  });
  it('give up in time', async () => {
    const { url } = await serve(() => undefined);
    const started = Date.now();
    await expect(httpJson([url], '/', { timeoutMs: 50, rounds: 1 })).rejects.toMatchObject({ status: 0 });
    expect(Date.now() - started).toBeLessThan(1_000);
    await expect(httpJson([], '/')).rejects.toThrow('no base URL');
  });
});
