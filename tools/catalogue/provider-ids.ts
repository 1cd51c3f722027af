/**
 * Our provider ids are genai-prices'. These are LiteLLM's that differ; the order of a provider's families matters: a model that two of them list is taken
 * from the first (the Gemini API before Vertex, Converse before Invoke).
 */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  aws: ['bedrock_converse', 'bedrock', 'bedrock_mantle', 'amazon_nova', 'aws_polly', 'transcribe', 'agentcore'],
  azure: ['azure', 'azure_ai', 'azure_text', 'bing_grounding'],
  cohere: ['cohere', 'cohere_chat'],
  fireworks: ['fireworks_ai', 'fireworks_ai-embedding-models'],
  'github-copilot': ['github_copilot'],
  google: ['gemini', 'vertex_ai'],
  meta: ['meta', 'meta_llama'],
  mistral: ['mistral', 'codestral', 'text-completion-codestral'],
  moonshotai: ['moonshot'],
  openai: ['openai', 'text-completion-openai'],
  together: ['together_ai'],
  voyageai: ['voyage'],
  'x-ai': ['xai'],
  zhipuai: ['bigmodel'],
};

const BY_LITELLM = new Map(
  Object.entries(FAMILIES).flatMap(([id, families]) => families.map((family, rank) => [family, { id, rank }] as const)),
);

/** The provider of a LiteLLM provider, and the rank of that family among the provider's (0 goes before 1). */
export function providerOf(litellmProvider: string): { readonly id: string; readonly rank: number } {
  // vertex_ai-language-models, vertex_ai-anthropic_models … are all Vertex.
  const family = litellmProvider.startsWith('vertex_ai') ? 'vertex_ai' : litellmProvider;
  return BY_LITELLM.get(family) ?? { id: family.replaceAll('_', '-').toLowerCase(), rank: 0 };
}
