import type { z } from 'zod';
import { Problem } from './problem';

/** One field that was wrong. `field` is its path, such as `scope.project` or `thresholds[2]`. */
export interface FieldFault {
  readonly field: string;
  readonly detail: string;
  readonly fix: string;
}

/** The 400 of a body, query or path that does not fit its schema: every wrong field by name, with what to do. */
export function zodProblem(error: z.core.$ZodError, where: 'body' | 'query' | 'path' = 'body'): Problem {
  const errors = error.issues.flatMap((issue) => faultsOf(issue, where));
  const named = errors.slice(0, 5).map(({ field, detail }) => `${field} ${detail}`);
  return new Problem({
    status: 400,
    code: 'invalid_request',
    title: 'The request is not valid',
    detail: `${named.join('; ')}${errors.length > named.length ? `; and ${errors.length - named.length} more` : ''}.`,
    fix: errors[0]?.fix ?? 'Correct the request.',
    errors,
  });
}

function faultsOf(issue: z.core.$ZodIssue, where: string): FieldFault[] {
  const field = fieldName(issue.path, where);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        field: fieldName([...issue.path, key], where),
        detail: 'is not known here',
        fix: `Remove ${key} or correct its spelling.`,
      }));
    case 'invalid_type':
      return [
        missing(issue)
          ? { field, detail: 'is missing', fix: `Add ${field}.` }
          : { field, detail: `should be ${article(issue.expected)}`, fix: `Send ${field} as ${article(issue.expected)}.` },
      ];
    case 'invalid_value':
      return [{ field, detail: 'is not one of the possible values', fix: `Use one of: ${issue.values.map(String).join(', ')}.` }];
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? `at least ${String(issue.minimum)}` : `at most ${String(issue.maximum)}`;
      const what = issue.origin === 'string' ? ' characters' : issue.origin === 'array' || issue.origin === 'set' ? ' entries' : '';
      return [
        {
          field,
          detail: `should ${what ? 'have' : 'be'} ${bound}${what}`,
          fix: `Change ${field} to ${what ? 'have' : 'be'} ${bound}${what}.`,
        },
      ];
    }
    case 'invalid_format':
      return [
        { field, detail: issue.message.startsWith('Invalid') ? `is not a valid ${issue.format}` : issue.message, fix: `Correct ${field}.` },
      ];
    case 'invalid_union':
      return [{ field, detail: 'fits none of the possible forms', fix: `Correct ${field}; the OpenAPI document shows its forms.` }];
    default:
      return [{ field, detail: issue.message, fix: `Correct ${field}.` }];
  }
}

function missing(issue: z.core.$ZodIssue): boolean {
  return /received undefined/.test(issue.message);
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function fieldName(path: readonly PropertyKey[], where: string): string {
  if (path.length === 0) return where;
  return path.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${part}]` : name === '' ? String(part) : `${name}.${String(part)}`),
    '',
  );
}
