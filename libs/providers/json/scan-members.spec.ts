import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScanError, countElements, scanDocument } from './scan-members';

/** JSON.stringify with blanks wherever JSON allows them. */
function spaced(value: unknown, blank: string): string {
  if (Array.isArray(value)) return `[${blank}${value.map((item) => spaced(item, blank)).join(`${blank},${blank}`)}${blank}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}${blank}:${blank}${spaced(member, blank)}`);
    return `{${blank}${members.join(`${blank},${blank}`)}${blank}}`;
  }
  return JSON.stringify(value);
}

describe('scanning the members of an object', () => {
  it('finds each member where it was written, duplicates included', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('"', '\\', '\\"', '{', '}', '[', ']', ',', ':', '\n', 'é', '💶'),
    );
    const long = fc.array(text, { minLength: 100, maxLength: 150 }).map((parts) => parts.join(''));
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text, long, fc.double({ noNaN: true, noDefaultInfinity: true }));
    const members = fc.array(fc.tuple(text, value), { maxLength: 6 });
    fc.assert(
      fc.property(members, fc.constantFrom('', ' ', '\r\n\t '), (entries, blank) => {
        const written = entries.map(([key, member]) => [key, spaced(member, blank)] as const);
        const json = `${blank}{${written.map(([key, member]) => `${blank}${JSON.stringify(key)}${blank}:${blank}${member}${blank}`).join(',')}}${blank}`;
        expect(() => JSON.parse(json) as unknown).not.toThrow();
        const bytes = Buffer.from(json);
        const found = scanDocument(bytes).members;
        expect(found.map(({ key, valueStart, valueEnd }) => [key, bytes.toString('utf8', valueStart, valueEnd)])).toEqual(written);
        for (const { key, keyStart } of found) expect(bytes.subarray(keyStart).indexOf(JSON.stringify(key))).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('never ends otherwise than with members or a JsonScanError, and accepts whatever JSON.parse accepts as an object', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      ' ',
      'a',
      '1',
      '-',
      'null',
      'true',
      '"a"',
      '"model"',
      '{"a":1}',
      '[1]',
    );
    fc.assert(
      fc.property(
        fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join('')),
        (json) => {
          let parsed: unknown;
          try {
            parsed = JSON.parse(json);
          } catch {
            parsed = undefined;
          }
          let scanned: unknown;
          try {
            scanned = scanDocument(Buffer.from(json));
          } catch (error) {
            expect(error).toBeInstanceOf(JsonScanError);
          }
          if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) expect(scanned).toBeDefined();
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    '',
    '[]',
    'null',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '{"a":1}x',
    '{"a":[}',
    '{"a":[1}',
    '{"a":"x',
    '{"a":"x\\"}',
    '{a:1}',
    '{"a":nul}',
    '{"a":01}',
  ])('refuses %s, naming the byte', (json) => {
    expect(() => scanDocument(Buffer.from(json))).toThrow(/at byte \d+$/);
  });

  it('refuses nesting that no client means', () => {
    expect(() => scanDocument(Buffer.from(`{"a":${'['.repeat(513)}${']'.repeat(513)}}`))).toThrow(/Nested too deeply/);
  });

  it('stays linear in runs of backslashes and quotes', () => {
    const text = JSON.stringify({ a: '\\"'.repeat(500_000) });
    const started = performance.now();
    scanDocument(Buffer.from(text));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('counts the elements of an array', () => {
    const count = (text: string): number => countElements(Buffer.from(text), 0);
    expect(count('[]')).toBe(0);
    expect(count('[ {"a":[1,2,3]} , "x,y" , 3 ]')).toBe(3);
    expect(() => count('[1 2]')).toThrow(JsonScanError);
  });
});
