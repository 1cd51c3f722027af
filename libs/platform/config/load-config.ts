import { z } from 'zod';
import { ConfigError, type ConfigFault } from './config-error';

/**
 * Reads the environment into a typed object. The schema's keys are the variables' names; a variable that is set to the empty string counts as
 * missing, so that compose files can pass `${NAME:-}`.
 * @throws ConfigError that lists every bad variable at once.
 */
export function loadConfig<T>(schema: z.ZodType<T>, env: NodeJS.ProcessEnv = process.env): T {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((issue) => toFault(schema, issue, given)));
}

function toFault(schema: z.ZodType, issue: z.core.$ZodIssue, given: Record<string, unknown>): ConfigFault {
  const variable = issue.path.length > 0 ? String(issue.path[0]) : '(environment)';
  const missing = !(variable in given);
  return { variable, fault: missing ? 'is not set' : issue.message, meaning: meaningOf(schema, variable) };
}

function meaningOf(schema: z.ZodType, variable: string): string {
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType | undefined>) : {};
  let field = shape[variable];
  while (field) {
    if (field.description) return field.description;
    field = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? (field.unwrap() as z.ZodType) : undefined;
  }
  return '';
}
