/** Where a member of a JSON object lies in its text, in bytes; ends are exclusive. */
export interface JsonMember {
  readonly key: string;
  /** At the key's opening quote. */
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The text is not what was expected at this byte. */
export class JsonScanError extends Error {
  override readonly name = 'JsonScanError';
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(`${message} at byte ${position}`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Deeper nesting than any request or answer has. */
const MAX_DEPTH = 512;
/** A native search costs as much as walking about this many bytes. */
const WALK_BYTES = 96;
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/;

/**
 * The members of the object that begins at `from` (blanks before it are skipped), in the order of the text, duplicates included. Only this level is
 * parsed: nested values are skipped by their quotes and brackets, so that a long conversation costs little more than finding its end. Throws JsonScanError
 * when the text is no object, ends early, or has mismatched brackets; what is inside nested values is otherwise not judged.
 */
export function scanMembers(json: Buffer, from = 0): { members: JsonMember[]; start: number; end: number } {
  const start = skipBlanks(json, from);
  if (json[start] !== OPEN_BRACE) throw new JsonScanError('Expected an object', start);
  const members: JsonMember[] = [];
  let position = skipBlanks(json, start + 1);
  if (json[position] === CLOSE_BRACE) return { members, start, end: position + 1 };
  for (;;) {
    const keyStart = position;
    if (json[keyStart] !== QUOTE) throw new JsonScanError('Expected a member name', keyStart);
    const keyEnd = skipString(json, keyStart);
    position = skipBlanks(json, keyEnd);
    if (json[position] !== COLON) throw new JsonScanError('Expected a colon', position);
    const valueStart = skipBlanks(json, position + 1);
    const valueEnd = skipValue(json, valueStart);
    members.push({ key: readString(json, keyStart, keyEnd), keyStart, valueStart, valueEnd });
    position = skipBlanks(json, valueEnd);
    if (json[position] === CLOSE_BRACE) return { members, start, end: position + 1 };
    if (json[position] !== COMMA) throw new JsonScanError('Expected a comma or the end of the object', position);
    position = skipBlanks(json, position + 1);
  }
}

/** Like scanMembers, for a text that is one object and nothing else. */
export function scanDocument(json: Buffer): { members: JsonMember[]; start: number; end: number } {
  const object = scanMembers(json);
  const after = skipBlanks(json, object.end);
  if (after < json.length) throw new JsonScanError('Unexpected text after the object', after);
  return object;
}

/** The number of elements of the array that begins at `from`. Throws JsonScanError when there is no array. */
export function countElements(json: Buffer, from: number): number {
  if (json[from] !== OPEN_BRACKET) throw new JsonScanError('Expected an array', from);
  let position = skipBlanks(json, from + 1);
  if (json[position] === CLOSE_BRACKET) return 0;
  for (let count = 1; ; count += 1) {
    position = skipBlanks(json, skipValue(json, position));
    if (json[position] === CLOSE_BRACKET) return count;
    if (json[position] !== COMMA) throw new JsonScanError('Expected a comma or the end of the array', position);
    position = skipBlanks(json, position + 1);
  }
}

/** The end of the value that begins at `position`. */
export function skipValue(json: Buffer, position: number): number {
  const first = json[position];
  if (first === QUOTE) return skipString(json, position);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(json, position);
  let end = position;
  while (end < json.length && !isDelimiter(json[end]!)) end += 1;
  if (!SCALAR.test(json.toString('latin1', position, end))) throw new JsonScanError('Expected a value', position);
  return end;
}

function skipNested(json: Buffer, start: number): number {
  const closers: number[] = [];
  for (let position = start; position < json.length; position += 1) {
    switch (json[position]) {
      case QUOTE:
        position = skipString(json, position) - 1;
        break;
      case OPEN_BRACE:
        closers.push(CLOSE_BRACE);
        if (closers.length > MAX_DEPTH) throw new JsonScanError('Nested too deeply', position);
        break;
      case OPEN_BRACKET:
        closers.push(CLOSE_BRACKET);
        if (closers.length > MAX_DEPTH) throw new JsonScanError('Nested too deeply', position);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (closers.pop() !== json[position]) throw new JsonScanError('Mismatched bracket', position);
        if (closers.length === 0) return position + 1;
        break;
      default:
    }
  }
  throw new JsonScanError('Unexpected end', json.length);
}

/**
 * The end of the string whose opening quote is at `start`. Walks byte by byte while escapes are near, which text with many of them needs, and searches
 * natively through long plain stretches.
 */
function skipString(json: Buffer, start: number): number {
  let position = start + 1;
  for (;;) {
    const walkEnd = Math.min(json.length, position + WALK_BYTES);
    while (position < walkEnd) {
      const byte = json[position];
      if (byte === QUOTE) return position + 1;
      position += byte === BACKSLASH ? 2 : 1;
    }
    const quote = position < json.length ? json.indexOf(QUOTE, position) : -1;
    if (quote < 0) throw new JsonScanError('Unterminated string', start);
    // The quote ends the string unless an odd number of backslashes stands before it.
    let backslashes = 0;
    while (quote - backslashes > position && json[quote - backslashes - 1] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    position = quote + 1;
  }
}

function readString(json: Buffer, start: number, end: number): string {
  const inner = json.toString('utf8', start + 1, end - 1);
  if (!inner.includes('\\')) return inner;
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    throw new JsonScanError('Malformed string', start);
  }
}

function skipBlanks(json: Buffer, position: number): number {
  let next = position;
  while (isBlank(json[next])) next += 1;
  return next;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDelimiter(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isBlank(byte);
}
