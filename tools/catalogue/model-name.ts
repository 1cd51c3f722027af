/** Conditions of a price by name. */
export type Conditions = Readonly<Record<string, string>>;

/** What LiteLLM's key says: the model's own name, and conditions that LiteLLM keeps in the key (region, image size and quality). */
export interface ModelName {
  readonly model: string;
  readonly conditions: Conditions;
}

/** First segments that name LiteLLM's route and not the model. */
const ROUTES = new Set([
  'azure',
  'bedrock',
  'vertex_ai',
  'gemini',
  'amazon-nova',
  'openai',
  'text-completion-codestral',
  'text-completion-openai',
]);
const AZURE_REGIONS = new Set(['us', 'eu', 'global', 'global-standard', 'us-gov', 'apac']);
const AWS_REGION = /^(?:us|eu|ap|sa|ca|me|af|il|mx|us-gov)-[a-z]+-[0-9]$/;
const QUALITIES = new Set(['low', 'medium', 'high', 'standard', 'hd']);
const SIZE = /^([0-9]+)-x-([0-9]+)$/;
const STEPS = /^([0-9]+)-steps$/;
/** Whatever is larger than the sizes that are named: no condition. */
const LARGEST = new Set(['max-x-max', 'max-steps']);

/**
 * Takes LiteLLM's key apart. Undefined for what is no model that a call names: capacity bought by the month, and classes of models by their size.
 * `bedrock/us-east-1/anthropic.claude-v2:1` is `anthropic.claude-v2:1` with region us-east-1; `hd/1024-x-1024/dall-e-3` is dall-e-3 of that quality and size.
 */
export function modelName(key: string, litellmProvider: string): ModelName | undefined {
  if (/-month-commitment\//.test(key) || /^(?:together-ai|fireworks-ai)-/.test(key)) return undefined;
  const segments = key.split('/');
  const conditions: Record<string, string> = {};
  const isRoute = (segment: string) => ROUTES.has(segment) || segment === litellmProvider;
  let routed = false;
  while (segments.length > 1) {
    const segment = segments[0]!;
    const condition = conditionOf(segment, litellmProvider);
    if (condition) Object.assign(conditions, condition);
    // Only one segment is the route: `groq/openai/gpt-oss-20b` is openai/gpt-oss-20b at groq.
    else if (!routed && isRoute(segment)) routed = true;
    else break;
    segments.shift();
  }
  return { model: segments.join('/'), conditions };
}

function conditionOf(segment: string, litellmProvider: string): Conditions | undefined {
  if (litellmProvider.startsWith('azure') && AZURE_REGIONS.has(segment)) return { region: segment };
  if (litellmProvider.startsWith('bedrock') && AWS_REGION.test(segment)) return { region: segment };
  if (litellmProvider === 'deepgram' && segment === 'streaming') return { delivery: 'streaming' };
  if (QUALITIES.has(segment)) return { image_quality: segment };
  if (LARGEST.has(segment)) return {};
  const size = SIZE.exec(segment);
  if (size) return { image_size: `${size[1]}x${size[2]}` };
  const steps = STEPS.exec(segment);
  return steps ? { image_steps: steps[1]! } : undefined;
}
