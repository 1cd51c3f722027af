import type { OpenApiDocument, Schema } from '../merge-documents/open-api';
import { resolve } from './describe-schema';

const DEEPEST = 4;
const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: '0199a3c2-7f00-7000-8000-000000000000',
  'date-time': '2026-10-01T00:00:00Z',
  date: '2026-10-01',
  uri: 'https://example.com/hook',
  url: 'https://example.com/hook',
  email: 'finance@example.com',
};

/** A body that shows what to send: the examples and defaults that the schema names, else something of the right type. Optional members without either are left out. */
export function exampleOf(schema: Schema | undefined, document: OpenApiDocument, depth = 0): unknown {
  const resolved = resolve(schema, document);
  const given = resolved.example ?? resolved.examples?.[0] ?? resolved.const ?? resolved.default ?? resolved.enum?.[0];
  if (given !== undefined) return given;
  const choices = resolved.anyOf ?? resolved.oneOf;
  if (choices)
    return exampleOf(
      choices.find((choice) => resolve(choice, document).type !== 'null'),
      document,
      depth,
    );
  if (resolved.allOf) return Object.assign({}, ...resolved.allOf.map((part) => exampleOf(part, document, depth) as object)) as unknown;
  const type = Array.isArray(resolved.type) ? resolved.type.find((name) => name !== 'null') : resolved.type;
  if (type === 'object' || resolved.properties) return depth > DEEPEST ? {} : exampleObject(resolved, document, depth);
  if (type === 'array') return depth > DEEPEST ? [] : [exampleOf(resolved.items, document, depth + 1)];
  if (type === 'integer' || type === 'number') return typeof resolved['minimum'] === 'number' ? Math.max(resolved['minimum'], 1) : 1;
  if (type === 'boolean') return false;
  return BY_FORMAT[resolved.format ?? ''] ?? 'text';
}

function exampleObject(schema: Schema, document: OpenApiDocument, depth: number): Record<string, unknown> {
  const shown = Object.entries(schema.properties ?? {}).filter(([name, member]) => {
    const resolved = resolve(member, document);
    if (resolved.deprecated) return false;
    return schema.required?.includes(name) || resolved.example !== undefined || resolved.examples !== undefined;
  });
  return Object.fromEntries(shown.map(([name, member]) => [name, exampleOf(member, document, depth + 1)]));
}
