import type { OpenApiDocument, Schema } from '../merge-documents/open-api';

/** One member of a body or an answer, as a row of a table. `path` is dotted; `[]` stands for the items of a list, `*` for any name. */
export interface MemberRow {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

const DEEPEST = 4;

/** The schema behind a reference; an empty one if there is none. */
export function resolve(schema: Schema | undefined, document: OpenApiDocument): Schema {
  let current = schema ?? {};
  for (let hops = 0; current.$ref !== undefined && hops < 10; hops += 1) {
    current = document.components?.schemas?.[current.$ref.split('/').at(-1) ?? ''] ?? {};
  }
  return current;
}

/** A schema in a few words, such as `string (uuid)`, `list of string`, or `object or null`. */
export function typeName(schema: Schema | undefined, document: OpenApiDocument, depth = 0): string {
  const resolved = resolve(schema, document);
  const choices = resolved.anyOf ?? resolved.oneOf;
  if (depth > DEEPEST) return 'any';
  if (choices) return [...new Set(choices.map((choice) => typeName(choice, document, depth + 1)))].join(' or ');
  if (resolved.const !== undefined) return JSON.stringify(resolved.const);
  if (resolved.enum) return resolved.enum.map((value) => JSON.stringify(value)).join(' or ');
  const types = Array.isArray(resolved.type)
    ? resolved.type
    : [resolved.type ?? (resolved.properties ? 'object' : resolved.items ? 'array' : 'any')];
  return types
    .map((type) => (type === 'array' ? `list of ${typeName(resolved.items, document, depth + 1)}` : withFormat(type, resolved)))
    .join(' or ');
}

/** The members of an object, those inside of them beneath; a list's items and a map's values count as inside. */
export function memberRows(schema: Schema | undefined, document: OpenApiDocument, prefix = '', depth = 0): MemberRow[] {
  if (depth > DEEPEST) return [];
  const inner = objectOf(schema, document);
  const properties = Object.entries(inner.properties ?? {}).flatMap(([name, member]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const resolved = resolve(member, document);
    const row: MemberRow = {
      path,
      type: typeName(member, document),
      required: inner.required?.includes(name) ?? false,
      description: descriptionOf({ ...resolved, ...member }),
    };
    return [row, ...nestedRows(member, document, path, depth)];
  });
  const values = inner.additionalProperties;
  if (typeof values !== 'object' || Object.keys(values).length === 0) return properties;
  const path = prefix === '' ? '*' : `${prefix}.*`;
  return [
    ...properties,
    { path, type: typeName(values, document), required: false, description: 'Any name' },
    ...nestedRows(values, document, path, depth),
  ];
}

function nestedRows(schema: Schema, document: OpenApiDocument, path: string, depth: number): MemberRow[] {
  const resolved = resolve(schema, document);
  if (resolved.items) return memberRows(resolved.items, document, `${path}[]`, depth + 1);
  return memberRows(resolved, document, path, depth + 1);
}

/** The object among a schema's choices, its parts put together; null beside it does not count. */
function objectOf(schema: Schema | undefined, document: OpenApiDocument): Schema {
  const resolved = resolve(schema, document);
  const choices = (resolved.anyOf ?? resolved.oneOf ?? [])
    .map((choice) => resolve(choice, document))
    .filter((choice) => choice.type !== 'null');
  if (choices.length === 1) return objectOf(choices[0], document);
  if (!resolved.allOf) return resolved;
  const parts = resolved.allOf.map((part) => objectOf(part, document));
  return {
    ...resolved,
    properties: Object.assign({}, resolved.properties, ...parts.map((part) => part.properties ?? {})) as Record<string, Schema>,
  };
}

function withFormat(type: string, schema: Schema): string {
  return schema.format && type !== 'null' ? `${type} (${schema.format})` : type;
}

/** What a schema says about itself, with its default and bounds. */
export function descriptionOf(schema: Schema): string {
  const said = (schema.description ?? '').replace(/[^.!?]$/, '$&.');
  const bounds = [
    schema.default === undefined ? '' : `Default ${JSON.stringify(schema.default)}.`,
    typeof schema['minimum'] === 'number' && schema['minimum'] > Number.MIN_SAFE_INTEGER ? `At least ${schema['minimum']}.` : '',
    typeof schema['maximum'] === 'number' && schema['maximum'] < Number.MAX_SAFE_INTEGER ? `At most ${schema['maximum']}.` : '',
    schema.deprecated ? 'Deprecated.' : '',
  ];
  return [said, ...bounds].filter(Boolean).join(' ');
}
