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

const FRAMES = 100;
const frames = new Map<string, string>();

/** What the answers of a model have in common is put together once. */
function frameOf(model: string, text: string, choices: number): string {
  const key = `${choices} ${model} ${text}`;
  let frame = frames.get(key);
  if (frame === undefined) {
    const one = (index: number) =>
      `{"index":${index},"message":{"role":"assistant","content":${JSON.stringify(text)},"refusal":null},"logprobs":null,"finish_reason":"stop"}`;
    frame = `,"model":${JSON.stringify(model)},"choices":[${Array.from({ length: choices }, (_, index) => one(index)).join(',')}]`;
    if (frames.size >= FRAMES) frames.clear();
    frames.set(key, frame);
  }
  return frame;
}

/** The body of a chat completion object (API reference, "The chat completion object"). */
export function chatCompletion(answer: {
  id: string;
  created: number;
  model: string;
  text: string;
  choices: number;
  usage: string | null;
  /** What the vendor adds, as members of JSON with a comma before each. */
  more: string;
}): string {
  const usage = answer.usage === null ? '' : `,"usage":${answer.usage}`;
  return `{"id":"${answer.id}","object":"chat.completion","created":${answer.created}${frameOf(answer.model, answer.text, answer.choices)}${usage},"service_tier":"default","system_fingerprint":"fp_simulator"${answer.more}}`;
}

/** The body of an embeddings answer; vectors are short, since nobody reads them. */
export function embeddings(model: string, inputs: number, base64: boolean, usage: string | null): string {
  const vector = base64
    ? JSON.stringify(Buffer.from(new Float32Array([0.25, -0.5, 0.125, 1]).buffer).toString('base64'))
    : '[0.25,-0.5,0.125,1]';
  const data = Array.from({ length: inputs }, (_, index) => `{"object":"embedding","index":${index},"embedding":${vector}}`).join(',');
  return `{"object":"list","data":[${data}],"model":${JSON.stringify(model)}${usage === null ? '' : `,"usage":${usage}`}}`;
}
