import OpenAI from 'openai';
import type { DemoContext } from './demo-context';

interface LiveCall {
  readonly model: string;
  readonly tags: string;
  readonly prompt: string;
}

const CALLS: readonly LiveCall[] = [
  {
    model: 'openai/gpt-4o-mini',
    tags: 'project=search, team=discovery, env=prod, feature=ranking',
    prompt: 'Which of two shoes suits rain?',
  },
  { model: 'openai/gpt-4o', tags: 'project=support, team=care, env=prod, feature=answers', prompt: 'How do I return an order?' },
  {
    model: 'groq/openai/gpt-oss-20b',
    tags: 'project=search, team=discovery, env=staging, feature=ranking',
    prompt: 'Name a synonym of trainers.',
  },
  { model: 'mistral/mistral-small-latest', tags: 'project=support, team=care, env=prod, feature=summaries', prompt: 'Sum this ticket up.' },
  { model: 'deepseek/deepseek-chat', tags: 'project=research, team=lab, env=dev, feature=experiments', prompt: 'Why is the sky blue?' },
];
const MAX_TOKENS = 64;

/** Makes each call twice with the stock OpenAI client, plain and streamed. Returns how many were answered. */
export async function makeLiveCalls(context: DemoContext): Promise<number> {
  const client = openAiClient(context);
  for (const call of CALLS) {
    context.signal.throwIfAborted();
    await plainCall(client, call);
    await streamedCall(client, call);
  }
  return CALLS.length * 2;
}

/** The stock client, pointed at the gateway: base URL and key are all that changes. */
export function openAiClient({ ingressUrl, apiKey }: DemoContext): OpenAI {
  return new OpenAI({ baseURL: `${ingressUrl}/v1`, apiKey, maxRetries: 5, timeout: 60_000 });
}

async function plainCall(client: OpenAI, call: LiveCall): Promise<void> {
  const answer = await client.chat.completions.create(request(call), { headers: { 'x-tollgate-tags': call.tags } });
  if (!answer.choices[0]?.message.content) throw new Error(`${call.model} answered without content`);
}

async function streamedCall(client: OpenAI, call: LiveCall): Promise<void> {
  const stream = await client.chat.completions.create({ ...request(call), stream: true }, { headers: { 'x-tollgate-tags': call.tags } });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  if (text === '') throw new Error(`${call.model} streamed no content`);
}

function request({ model, prompt }: LiveCall): { model: string; max_tokens: number; messages: { role: 'user'; content: string }[] } {
  return { model, max_tokens: MAX_TOKENS, messages: [{ role: 'user', content: prompt }] };
}
