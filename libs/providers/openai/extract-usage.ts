import type { ExtractedUsage } from '../usage';
import { usageFieldsOf, type UsageFields } from './usage-fields';

/** Beyond this a count is garbage, not usage. */
const MAX_TOKENS = 1_000_000_000_000;

/**
 * Disjoint quantities of a parsed `usage` block of the OpenAI shape, or undefined when there is none. Cached, cache-written, audio and image tokens are
 * parts of the prompt, reasoning, audio and image tokens of the completion; what is left is plain text. The units of each side add up to the provider's
 * own total, whatever its details say: parts that exceed it are cut in the order of the table, and reported.
 */
export function extractOpenAiUsage(usage: unknown, provider: string): ExtractedUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const fields = usageFieldsOf(provider);
  const anomalies: string[] = [];
  const quantities: Record<string, string> = {};
  const input = readFirst(usage, fields.input, anomalies);
  const output = readFirst(usage, fields.output, anomalies);
  if (input === undefined && output === undefined) return undefined;
  split('input_tokens', input ?? 0, fields.inputParts, usage, quantities, anomalies);
  split('output_tokens', outputTotal(usage, fields, output ?? 0, input ?? 0, anomalies), fields.outputParts, usage, quantities, anomalies);
  return { quantities, attributes: {}, anomalies };
}

/** The completion with its reasoning inside, whether the provider counts it so or beside. */
function outputTotal(usage: Record<string, unknown>, fields: UsageFields, output: number, input: number, anomalies: string[]): number {
  const reasoningPaths = fields.outputParts.find(({ unit }) => unit === 'output_reasoning_tokens')?.paths ?? [];
  const reasoning = readFirst(usage, reasoningPaths, []) ?? 0;
  if (!reasoning) return output;
  const total = readFirst(usage, ['total_tokens'], anomalies);
  // The provider's own total settles it; the table speaks where there is none.
  const isBeside = total === undefined ? fields.reasoningBeside === true : total === input + output + reasoning;
  return isBeside ? output + reasoning : output;
}

function split(
  plainUnit: string,
  total: number,
  parts: UsageFields['inputParts'],
  usage: Record<string, unknown>,
  quantities: Record<string, string>,
  anomalies: string[],
): void {
  let rest = total;
  for (const { unit, paths } of parts) {
    const stated = readFirst(usage, paths, anomalies) ?? 0;
    const part = Math.min(stated, rest);
    if (part < stated) anomalies.push(`${unit} of ${stated} exceed what is left of ${total}`);
    if (part > 0) quantities[unit] = String(part);
    rest -= part;
  }
  if (rest > 0) quantities[plainUnit] = String(rest);
}

/** The first of the paths that holds a number. Negative counts become zero, garbage is ignored; both are reported. */
function readFirst(usage: Record<string, unknown>, paths: readonly string[], anomalies: string[]): number | undefined {
  for (const path of paths) {
    const value = readPath(usage, path);
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number' || !Number.isInteger(value) || value > MAX_TOKENS) {
      anomalies.push(`${path} is not a count of tokens`);
      continue;
    }
    if (value < 0) {
      anomalies.push(`${path} is negative`);
      return 0;
    }
    return value;
  }
  return undefined;
}

function readPath(usage: Record<string, unknown>, path: string): unknown {
  const point = path.indexOf('.');
  if (point < 0) return usage[path];
  const details = usage[path.slice(0, point)];
  return isRecord(details) ? details[path.slice(point + 1)] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
