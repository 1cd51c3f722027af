import { JsonScanError, skipValue } from '../json/scan-members';

const USAGE_KEY = Buffer.from('"usage"');
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;

/**
 * Where the last usage object of an event begins, or -1. Quotes within strings are escaped, so the bare key cannot be part of a text; `"usage":null`,
 * which precedes the real one in every event, does not count.
 */
export function findUsageObject(event: Buffer): number {
  let found = -1;
  for (let at = event.indexOf(USAGE_KEY); at >= 0; at = event.indexOf(USAGE_KEY, at + USAGE_KEY.length)) {
    if (event[at - 1] === BACKSLASH) continue;
    let value = skipBlanks(event, at + USAGE_KEY.length);
    if (event[value] !== COLON) continue;
    value = skipBlanks(event, value + 1);
    if (event[value] === OPEN_BRACE) found = value;
  }
  return found;
}

/** The data of a server-sent event as an object, or with `from` the object that begins there; undefined when it is none. */
export function parseEvent(event: Buffer, from?: number): Record<string, unknown> | undefined {
  try {
    const text = from === undefined ? dataOf(event) : event.toString('utf8', from, skipValue(event, from));
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof JsonScanError) return undefined;
    throw error;
  }
}

/** Whether the event exists only for its usage: `choices` is empty. */
export function isUsageOnly(event: Buffer): boolean {
  const parsed = parseEvent(event);
  return Array.isArray(parsed?.['choices']) && parsed['choices'].length === 0 && typeof parsed['usage'] === 'object';
}

/** Groq's streams carry usage under `x_groq` of the last chunk, asked for or not. */
export function groqUsage(event: Record<string, unknown>): unknown {
  const extension = event['x_groq'];
  return typeof extension === 'object' && extension !== null ? (extension as Record<string, unknown>)['usage'] : undefined;
}

function dataOf(event: Buffer): string {
  return event
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n');
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at += 1;
  return at;
}
