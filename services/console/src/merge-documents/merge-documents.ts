import { isDeepStrictEqual } from 'node:util';
import { METHODS, type OpenApiDocument, type Operation, type PathItem, type ProblemEntry } from './open-api';

/** One service's document; `servers` where its paths lie elsewhere than the front door. */
export interface NamedDocument {
  readonly service: string;
  readonly document: OpenApiDocument;
  readonly server?: string;
}

/**
 * One document out of several. Components that two services call the same without being the same get the service's name in front, and what refers to
 * them follows. Of two descriptions of one operation the first stands.
 */
export function mergeDocuments(info: OpenApiDocument['info'], parts: readonly NamedDocument[]): OpenApiDocument {
  const merged: OpenApiDocument & { components: NonNullable<OpenApiDocument['components']> } = {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/', description: 'The front door' }],
    tags: [],
    paths: {},
    components: { schemas: {}, securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key (tg_…)' } } },
    'x-problems': [],
  };
  for (const part of parts) {
    const document = withDistinctComponents(part, merged.components);
    for (const [kind, members] of Object.entries(document.components ?? {}))
      merged.components[kind] = { ...members, ...merged.components[kind] };
    for (const [path, item] of Object.entries(document.paths))
      merged.paths[path] = { ...placed(secured(item, document.security), part.server), ...merged.paths[path] };
    mergeByName(merged.tags as { name: string }[], document.tags ?? [], (tag) => tag.name);
    mergeByName(merged['x-problems'] as ProblemEntry[], document['x-problems'] ?? [], (problem) => problem.code);
  }
  merged.paths = Object.fromEntries(Object.entries(merged.paths).sort(([one], [other]) => (one < other ? -1 : 1)));
  return merged;
}

/** What a document demands of all its operations is written into each, since it does not hold for those of the others. */
function secured(item: PathItem, security: Operation['security']): PathItem {
  if (security === undefined) return item;
  const operations = METHODS.flatMap((method) => (item[method] ? [[method, { security, ...item[method] }] as const] : []));
  return { ...item, ...Object.fromEntries(operations) };
}

function placed(item: PathItem, server: string | undefined): PathItem {
  return server === undefined ? item : { ...item, servers: [{ url: server, description: 'The gateway' }] };
}

function mergeByName<T>(into: T[], more: readonly T[], nameOf: (entry: T) => string): void {
  const known = new Set(into.map(nameOf));
  into.push(...more.filter((entry) => !known.has(nameOf(entry))));
}

function withDistinctComponents({ service, document }: NamedDocument, taken: NonNullable<OpenApiDocument['components']>): OpenApiDocument {
  const renamed = new Map<string, string>();
  for (const [kind, members] of Object.entries(document.components ?? {})) {
    if (kind === 'securitySchemes') continue;
    for (const [name, component] of Object.entries(members ?? {})) {
      const other = taken[kind]?.[name];
      if (other !== undefined && !isDeepStrictEqual(other, component))
        renamed.set(`#/components/${kind}/${name}`, `#/components/${kind}/${pascal(service)}${name}`);
    }
  }
  if (renamed.size === 0) return document;
  const followed = followReferences(document, renamed) as OpenApiDocument;
  const components = Object.fromEntries(
    Object.entries(followed.components ?? {}).map(([kind, members]) => [
      kind,
      Object.fromEntries(
        Object.entries(members ?? {}).map(([name, component]) => [
          renamed.get(`#/components/${kind}/${name}`)?.split('/').at(-1) ?? name,
          component,
        ]),
      ),
    ]),
  );
  return { ...followed, components };
}

function followReferences(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => followReferences(item, renamed));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === '$ref' && typeof member === 'string' ? (renamed.get(member) ?? member) : followReferences(member, renamed),
    ]),
  );
}

function pascal(service: string): string {
  return service.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
}
