import { createHash } from 'node:crypto';
import type { RestClient } from './rest-client';

/** A provider that the simulator plays, and the variable that names a key for the real one. */
interface SeededProvider {
  readonly provider: string;
  /** What follows the simulator's address in its base URL. */
  readonly simulatorPath: string;
  readonly keyVariable: string;
}

const SEEDED: readonly SeededProvider[] = [
  { provider: 'openai', simulatorPath: '/openai/v1', keyVariable: 'OPENAI_API_KEY' },
  { provider: 'groq', simulatorPath: '/groq/openai/v1', keyVariable: 'GROQ_API_KEY' },
  { provider: 'mistral', simulatorPath: '/mistral/v1', keyVariable: 'MISTRAL_API_KEY' },
  { provider: 'deepseek', simulatorPath: '/deepseek/v1', keyVariable: 'DEEPSEEK_API_KEY' },
  { provider: 'together', simulatorPath: '/together/v1', keyVariable: 'TOGETHER_API_KEY' },
  { provider: 'x-ai', simulatorPath: '/xai/v1', keyVariable: 'XAI_API_KEY' },
];
const NAME = 'Shared';
const SIMULATOR_SECRET = 'simulator';

interface Connection {
  readonly id: string;
  readonly provider: string;
  readonly name: string;
  readonly baseUrl: string;
}

/** What a run has connected, so that the next one changes only what differs. */
export type ConnectionState = Readonly<Record<string, string>>;

/** Brings the shared connections to what the environment asks for: the provider itself where its key is given, the simulator otherwise. Returns which key and
 * address each one has now, as a digest. `operator` speaks with the operator's key. */
export async function connectProviders(
  operator: RestClient,
  simulatorUrl: string,
  env: NodeJS.ProcessEnv,
  before: ConnectionState,
): Promise<{ state: ConnectionState; real: string[] }> {
  const { data: connections } = await operator.json<{ data: Connection[] }>('/api/v1/providers?limit=1000');
  const state: Record<string, string> = {};
  const real: string[] = [];
  await Promise.all(
    SEEDED.map(async ({ provider, simulatorPath, keyVariable }) => {
      const key = env[keyVariable];
      const wanted = key ? { secret: key } : { secret: SIMULATOR_SECRET, baseUrl: `${simulatorUrl}${simulatorPath}` };
      const digest = createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
      if (key) real.push(provider);
      state[provider] = digest;
      const existing = connections.find((connection) => connection.provider === provider && connection.name === NAME);
      if (existing !== undefined && before[provider] === digest) return;
      // A provider's own address is known to accounts alone, so a connection that moves there is made anew.
      if (existing !== undefined && key) await operator.json(`/api/v1/providers/${existing.id}`, { method: 'DELETE' });
      if (existing !== undefined && !key) {
        await operator.json(`/api/v1/providers/${existing.id}`, { method: 'PATCH', body: wanted });
        return;
      }
      await operator.json('/api/v1/providers', { method: 'POST', body: { provider, name: NAME, ...wanted } });
    }),
  );
  return { state, real };
}
