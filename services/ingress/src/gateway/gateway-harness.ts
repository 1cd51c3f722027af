import { Outcome, UsageRecord, type UsageRecorded } from '@tollgate/contracts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { answerJson, CHAT_ANSWER, type ScriptedProvider, startProvider } from '../call-provider/provider-fixture';
import { addKey, type GatewayFixtureOptions, type RunningGateway, startGateway } from './gateway-fixture';

export const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] };

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** Of an answer that has one. */
  readonly error: Record<string, unknown>;
}

/** What a record says of how its call ended. */
export const said = ({ outcome, quantities, estimated, status }: UsageRecorded) => ({
  outcome: Outcome[outcome].slice('OUTCOME_'.length),
  quantities: { ...quantities },
  estimated,
  status,
});

/** A gateway in front of a provider that does what the test says, with a key to call it. */
export class GatewayHarness {
  private readonly agent = new Agent({ pipelining: 1 });

  private constructor(
    private readonly folder: string,
    readonly provider: ScriptedProvider,
    readonly gateway: RunningGateway,
    readonly key: string,
  ) {}

  static async start(options: Partial<GatewayFixtureOptions> = {}): Promise<GatewayHarness> {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-gateway-'));
    const provider = await startProvider();
    const limits = { firstByteMs: 1_000, idleMs: 1_000, ...options.limits };
    const gateway = await startGateway({ folder, providerUrl: provider.url, bodyLimit: 100_000, ...options, limits });
    const key = addKey(gateway.source, { id: 'key-1', tags: { team: 'core', project: 'search' } });
    return new GatewayHarness(folder, provider, gateway, key);
  }

  /** As new, but for the connections. */
  reset(): void {
    this.provider.script = answerJson(CHAT_ANSWER);
    this.provider.seen.length = 0;
    this.gateway.shipped.length = 0;
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.agent.destroy();
    await this.provider.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Sends a request and leaves its answer to be read. */
  open(
    path: string,
    body: unknown,
    options: { headers?: Record<string, string>; signal?: AbortSignal; method?: Dispatcher.HttpMethod } = {},
  ) {
    const { headers, method = 'POST', ...rest } = options;
    const sent = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return request(this.gateway.url + path, {
      method,
      dispatcher: this.agent,
      ...(method === 'POST' && { body: sent }),
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json', ...headers },
      ...rest,
    });
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.open(path, body, { headers });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, error: errorOf(text) };
  }

  chat(change: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post('/v1/chat/completions', { ...CHAT, ...change }, headers);
  }

  /** The usage events that Kafka would have by now. */
  usage(): UsageRecorded[] {
    return this.gateway.shipped.flatMap(({ value }) => {
      const { body } = UsageRecord.decode(value);
      return body?.$case === 'usage' ? [body.value] : [];
    });
  }

  /** The usage events once there are so many, and a moment later still no more. */
  async records(count: number): Promise<UsageRecorded[]> {
    for (let tries = 0; tries < 150 && this.usage().length < count; tries += 1) await sleep(10);
    await sleep(30);
    const usage = this.usage();
    if (usage.length !== count)
      throw new Error(`${usage.length} records instead of ${count}: ${JSON.stringify(usage.slice(0, 4).map(said))}`);
    return usage;
  }

  async record(): Promise<UsageRecorded> {
    return (await this.records(1))[0]!;
  }
}

function errorOf(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) as { error?: Record<string, unknown> }).error ?? {};
  } catch {
    return {};
  }
}
