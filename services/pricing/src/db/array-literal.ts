const NEEDS_ESCAPE = /["\\]/g;

/**
 * PostgreSQL's text form of an array whose elements need no quotes: uuids, times, numbers, booleans. The driver escapes every element by itself, which costs
 * a third of a batch; here one join does.
 */
export function plainArray(elements: readonly (string | number | bigint | boolean | null)[]): string {
  return `{${elements.map((element) => element ?? 'NULL').join(',')}}`;
}

/** The same of texts, each in quotes. */
export function textArray(elements: readonly string[]): string {
  let literal = '';
  for (const element of elements) {
    const escaped = element.includes('"') || element.includes('\\') ? element.replace(NEEDS_ESCAPE, '\\$&') : element;
    literal += literal === '' ? `{"${escaped}"` : `,"${escaped}"`;
  }
  return literal === '' ? '{}' : `${literal}}`;
}

/** The same of JSON texts: a JSON text as a JSON string is a quoted element, since a JSON text holds no control characters that need another escape. */
export function jsonArray(elements: readonly string[]): string {
  return `{${elements.map((element) => JSON.stringify(element)).join(',')}}`;
}
