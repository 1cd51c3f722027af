/**
 * Base URLs as each vendor's own SDK takes them: those of OpenAI and its look-alikes end in their version, the others are roots. Ids are those of
 * genai-prices. Vendors whose address depends on the customer's account or region are left out: there the base URL has to be given.
 */
const DEFAULT_BASE_URLS: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com',
  assemblyai: 'https://api.assemblyai.com',
  cerebras: 'https://api.cerebras.ai/v1',
  cohere: 'https://api.cohere.com',
  deepgram: 'https://api.deepgram.com',
  deepinfra: 'https://api.deepinfra.com/v1/openai',
  deepseek: 'https://api.deepseek.com/v1',
  elevenlabs: 'https://api.elevenlabs.io',
  fireworks: 'https://api.fireworks.ai/inference/v1',
  google: 'https://generativelanguage.googleapis.com',
  groq: 'https://api.groq.com/openai/v1',
  mistral: 'https://api.mistral.ai/v1',
  moonshotai: 'https://api.moonshot.ai/v1',
  novita: 'https://api.novita.ai/v3/openai',
  openai: 'https://api.openai.com/v1',
  openrouter: 'https://openrouter.ai/api/v1',
  perplexity: 'https://api.perplexity.ai',
  stability: 'https://api.stability.ai',
  together: 'https://api.together.xyz/v1',
  voyage: 'https://api.voyageai.com/v1',
  'x-ai': 'https://api.x.ai/v1',
};

/** The provider's public address, or undefined if it has none of its own. */
export function defaultBaseUrl(provider: string): string | undefined {
  return Object.hasOwn(DEFAULT_BASE_URLS, provider) ? DEFAULT_BASE_URLS[provider] : undefined;
}
