import type { Method, OpenApiDocument, Operation, Parameter } from '../merge-documents/open-api';
import { exampleOf } from './example-body';

/** What a curl line needs beyond the operation itself. */
export interface SnippetContext {
  readonly document: OpenApiDocument;
  /** Base URL without a slash at its end. */
  readonly server: string;
  readonly parameters: readonly Parameter[];
}

/** A command that can be pasted into a shell once TOLLGATE_KEY holds a key. */
export function curlSnippet(method: Method, path: string, operation: Operation, { document, server, parameters }: SnippetContext): string {
  const query = parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required)
    .map(({ name, example, schema }) => `${encodeURIComponent(name)}=${encodeURIComponent(String(example ?? exampleOf(schema, document)))}`)
    .join('&');
  const words = ['curl'];
  if (method !== 'get') words.push('-X', method.toUpperCase());
  words.push(quoted(`${server}${path}${query === '' ? '' : `?${query}`}`));
  const lines = [words.join(' ')];
  if (needsKey(operation)) lines.push(`-H "Authorization: Bearer $TOLLGATE_KEY"`);
  const [media, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (media !== undefined && content) {
    lines.push(`-H ${quoted(`Content-Type: ${media}`)}`);
    lines.push(`-d ${quoted(JSON.stringify(content.example ?? exampleOf(content.schema, document), null, 2))}`);
  }
  return lines.join(' \\\n  ');
}

function needsKey(operation: Operation): boolean {
  return (operation.security ?? []).some((scheme) => Object.keys(scheme).length > 0);
}

/** A word that a POSIX shell takes as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
