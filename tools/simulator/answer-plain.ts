import type { ServerResponse } from 'node:http';

/** Sends a whole JSON answer. */
export function sendJson(response: ServerResponse, status: number, body: string, headers: Record<string, string | number> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** OpenAI's error shape (API reference, "Error codes"). */
export function errorBody(message: string, type: string, code: string | null, param: string | null = null): string {
  return JSON.stringify({ error: { message, type, param, code } });
}

/** The body of a chat completion object (API reference, "The chat completion object"). */
export function chatCompletion(id: string, created: number, model: string, text: string, usage: Record<string, unknown> | null): string {
  const usageText = usage === null ? '' : `,"usage":${JSON.stringify(usage)}`;
  return `{"id":"${id}","object":"chat.completion","created":${created},"model":${JSON.stringify(model)},"choices":[{"index":0,"message":{"role":"assistant","content":${JSON.stringify(text)},"refusal":null},"logprobs":null,"finish_reason":"stop"}]${usageText},"service_tier":"default","system_fingerprint":"fp_simulator"}`;
}

/** The body of an embeddings answer; vectors are short, since nobody reads them. */
export function embeddings(model: string, inputs: number, base64: boolean, usage: Record<string, unknown> | null): string {
  const vector = base64
    ? JSON.stringify(Buffer.from(new Float32Array([0.25, -0.5, 0.125, 1]).buffer).toString('base64'))
    : '[0.25,-0.5,0.125,1]';
  const data = Array.from({ length: inputs }, (_, index) => `{"object":"embedding","index":${index},"embedding":${vector}}`).join(',');
  return `{"object":"list","data":[${data}],"model":${JSON.stringify(model)}${usage === null ? '' : `,"usage":${JSON.stringify(usage)}`}}`;
}
