import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Script = (res: ServerResponse, request: SeenRequest, req: IncomingMessage) => void;

/** A provider that does what a test tells it to, and remembers what it was asked. */
export interface ScriptedProvider {
  readonly url: string;
  readonly seen: SeenRequest[];
  script: Script;
  stop(): Promise<void>;
}

export async function startProvider(): Promise<ScriptedProvider> {
  const seen: SeenRequest[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const request = { path: req.url!, headers: req.headers, body: Buffer.concat(chunks).toString() };
      seen.push(request);
      provider.script(res, request, req);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: ScriptedProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    script: answerJson(CHAT_ANSWER),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
}

export const CHAT_ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29, prompt_tokens_details: { cached_tokens: 4 } },
});

export function answerJson(body: string, status = 200, headers: Record<string, string> = {}): Script {
  return (res) => {
    res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers });
    res.end(body);
  };
}

export function chunkEvent(content: string | null, usage: object | null = null, finish: string | null = null): string {
  const choices = content === null ? [] : [{ index: 0, delta: { content }, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-4o', choices, usage })}\n\n`;
}

export const STREAM_USAGE = { prompt_tokens: 19, completion_tokens: 3, total_tokens: 22 };
export const STREAM = [chunkEvent('Hel'), chunkEvent('lo'), chunkEvent('!', null, 'stop')];
export const DONE = 'data: [DONE]\n\n';

/** Sends the pieces one by one, then ends, or does what `atEnd` says instead. */
export function answerStream(pieces: readonly string[], atEnd: (res: ServerResponse) => void = (res) => res.end()): Script {
  return (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    let index = 0;
    const next = () => {
      if (index === pieces.length) return atEnd(res);
      res.write(pieces[index++]!);
      setImmediate(next);
    };
    next();
  };
}
