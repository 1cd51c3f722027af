/** The part of an OpenAI-shaped usage block that differs from vendor to vendor. */
export type UsageDialect = 'openai' | 'groq' | 'mistral' | 'deepseek' | 'xai' | 'plain';

/** A vendor that the simulator plays: where its base URL lies and how it words its usage. */
export interface Vendor {
  /** Vendor id, as genai-prices writes it. */
  readonly id: string;
  /** What precedes `/chat/completions`; the vendor's base URL is the simulator's address and this. */
  readonly basePath: string;
  readonly dialect: UsageDialect;
  /**
   * Where the usage of a stream stands. `asked`: in a chunk of its own without choices, if `stream_options.include_usage` asks for it; `last`: always in
   * the chunk that carries the finish reason.
   */
  readonly streamUsage: 'asked' | 'last';
  readonly models: readonly string[];
}

/** Base paths follow the vendors' documentation of their OpenAI-compatible endpoints, below a folder that stands for the host. */
export const vendors: readonly Vendor[] = [
  {
    id: 'openai',
    basePath: '/openai/v1',
    dialect: 'openai',
    streamUsage: 'asked',
    models: ['gpt-4o', 'gpt-4o-mini', 'gpt-5', 'o3', 'text-embedding-3-small', 'text-embedding-3-large'],
  },
  {
    id: 'groq',
    basePath: '/groq/openai/v1',
    dialect: 'groq',
    streamUsage: 'asked',
    models: ['llama-3.3-70b-versatile', 'llama-3.1-8b-instant'],
  },
  {
    id: 'mistral',
    basePath: '/mistral/v1',
    dialect: 'mistral',
    streamUsage: 'last',
    models: ['mistral-large-latest', 'mistral-small-latest', 'mistral-embed'],
  },
  { id: 'deepseek', basePath: '/deepseek/v1', dialect: 'deepseek', streamUsage: 'asked', models: ['deepseek-chat', 'deepseek-reasoner'] },
  { id: 'together', basePath: '/together/v1', dialect: 'plain', streamUsage: 'last', models: ['meta-llama/Llama-3.3-70B-Instruct-Turbo'] },
  { id: 'x-ai', basePath: '/xai/v1', dialect: 'xai', streamUsage: 'asked', models: ['grok-3', 'grok-3-mini'] },
  {
    id: 'fireworks',
    basePath: '/fireworks/inference/v1',
    dialect: 'plain',
    streamUsage: 'last',
    models: ['accounts/fireworks/models/llama-v3p1-8b-instruct'],
  },
  { id: 'openrouter', basePath: '/openrouter/api/v1', dialect: 'openai', streamUsage: 'asked', models: ['openai/gpt-4o'] },
];

/** The vendor whose base path the URL begins with, and the rest of the path without its query. */
export function vendorOf(url: string): { vendor: Vendor; endpoint: string } | undefined {
  for (const vendor of vendors) {
    if (url.startsWith(vendor.basePath) && url.charCodeAt(vendor.basePath.length) === 47) {
      const end = url.indexOf('?');
      return { vendor, endpoint: url.slice(vendor.basePath.length, end < 0 ? undefined : end) };
    }
  }
  return undefined;
}
