import { SeededRandom } from './seeded-random';

/** A usage event as the usage API takes it (CloudEvents 1.0). */
export interface UsageEvent {
  readonly specversion: '1.0';
  readonly type: 'tollgate.usage';
  readonly source: string;
  readonly id: string;
  readonly time: string;
  readonly data: {
    readonly provider: string;
    readonly model: string;
    readonly operation: string;
    readonly quantities: Record<string, string>;
    readonly tags: Record<string, string>;
  };
}

/** The projects that the demo's usage is for. */
export const DEMO_PROJECTS = [
  { slug: 'search', name: 'Product search' },
  { slug: 'support', name: 'Support assistant' },
  { slug: 'research', name: 'Research' },
] as const;

type Model = readonly [provider: string, model: string, operation: 'chat' | 'embeddings'];

const MODELS: readonly (readonly [number, Model])[] = [
  [30, ['openai', 'gpt-4o-mini', 'chat']],
  [12, ['openai', 'gpt-4o', 'chat']],
  [14, ['openai', 'text-embedding-3-small', 'embeddings']],
  [14, ['anthropic', 'claude-sonnet-4-5', 'chat']],
  [10, ['google', 'gemini-2.5-flash', 'chat']],
  [12, ['mistral', 'mistral-large-latest', 'chat']],
  [8, ['deepseek', 'deepseek-chat', 'chat']],
];
const TAGS: readonly (readonly [number, Record<string, string>])[] = [
  [30, { project: 'search', team: 'discovery', env: 'prod', feature: 'ranking' }],
  [14, { project: 'search', team: 'discovery', env: 'staging', feature: 'ranking' }],
  [26, { project: 'support', team: 'care', env: 'prod', feature: 'answers' }],
  [12, { project: 'support', team: 'care', env: 'prod', feature: 'summaries' }],
  [14, { project: 'research', team: 'lab', env: 'dev', feature: 'experiments' }],
  [4, {}],
];

/** Events each month. */
export const EVENTS_A_MONTH = 600;

/** A month's usage, the same for the same month on every run, so that sending it again changes nothing. `period` is like 2026-10, in UTC. */
export function pastUsage(period: string): UsageEvent[] {
  const random = new SeededRandom(period);
  const begin = Date.parse(`${period}-01T00:00:00Z`);
  const days = new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5)), 0)).getUTCDate();
  return Array.from({ length: EVENTS_A_MONTH }, (_, index): UsageEvent => {
    const [provider, model, operation] = random.pick(MODELS);
    const seconds = random.whole(0, days * 86_400 - 1);
    return {
      specversion: '1.0',
      type: 'tollgate.usage',
      source: 'demo/nightly-report',
      id: `${period}/${index + 1}`,
      time: new Date(begin + seconds * 1_000).toISOString(),
      data: { provider, model, operation, quantities: quantities(operation, random), tags: random.pick(TAGS) },
    };
  });
}

/** Units are disjoint: `input_tokens` are those that no cache held. */
function quantities(operation: Model[2], random: SeededRandom): Record<string, string> {
  if (operation === 'embeddings') return { input_tokens: String(random.whole(20_000, 400_000)) };
  const cached = random.next() < 0.3 ? random.whole(4, 80) * 128 : 0;
  return {
    input_tokens: String(random.whole(2_000, 60_000)),
    ...(cached > 0 ? { input_cached_tokens: String(cached) } : {}),
    output_tokens: String(random.whole(300, 9_000)),
  };
}

/** The two months before the one of `now`, the older one first, in UTC. */
export function lastTwoMonths(now: Date): [string, string] {
  const month = (back: number): string => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
  return [month(2), month(1)];
}
