/** A provider's usage block, as the simulator answered it. */
type UsageBlock = Readonly<Record<string, unknown>>;

/**
 * Disjoint quantities of a chat or embeddings answer, worked out from the simulator's own table (tools/simulator/README.md) and not by the adapters, which
 * are judged by it. Units without any are left out. Undefined when a script made the block say something that is no count.
 */
export function answeredQuantities(provider: string, usage: UsageBlock): Record<string, string> | undefined {
  const prompt = count(usage, 'prompt_tokens');
  const completion = count(usage, 'completion_tokens');
  const cached = provider === 'mistral' ? count(usage, 'num_cached_tokens') : count(usage, 'prompt_tokens_details', 'cached_tokens');
  const reasoning = count(usage, 'completion_tokens_details', 'reasoning_tokens');
  const quantities = {
    input_tokens: prompt - cached,
    input_cached_tokens: cached,
    // xAI counts reasoning beside the completion, all others within.
    output_tokens: provider === 'x-ai' ? completion : completion - reasoning,
    output_reasoning_tokens: reasoning,
  };
  if (Object.values(quantities).some((quantity) => !Number.isSafeInteger(quantity) || quantity < 0)) return undefined;
  return Object.fromEntries(
    Object.entries(quantities)
      .filter(([, quantity]) => quantity !== 0)
      .map(([unit, quantity]) => [unit, String(quantity)]),
  );
}

function count(usage: UsageBlock, name: string, member?: string): number {
  const value = member === undefined ? usage[name] : (usage[name] as UsageBlock | undefined)?.[member];
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' ? value : Number.NaN;
}
