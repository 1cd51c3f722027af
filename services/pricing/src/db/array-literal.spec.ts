import { describe, expect, it } from 'vitest';
import { jsonArray, plainArray, textArray } from './array-literal';

describe('an array as PostgreSQL reads it', () => {
  it('joins what needs no quotes', () => {
    expect(plainArray(['0.5', 7, 8n, true, null])).toBe('{0.5,7,8,true,NULL}');
    expect(plainArray([])).toBe('{}');
  });

  it('quotes texts, so that empty ones, commas, braces and the word NULL stay what they are', () => {
    expect(textArray(['', 'a,b', '{x}', 'NULL', 'say "hi"', 'back\\slash'])).toBe('{"","a,b","{x}","NULL","say \\"hi\\"","back\\\\slash"}');
    expect(textArray([])).toBe('{}');
  });

  it('carries JSON texts with whatever strings they hold', () => {
    const texts = [JSON.stringify({ a: 'b"c\\d\n' }), '[]'];
    // An array element is read by taking the quotes off and each backslash away from the character behind it.
    const elements = jsonArray(texts)
      .slice(1, -1)
      .match(/"(?:[^"\\]|\\.)*"/g)!;
    expect(elements.map((element) => element.slice(1, -1).replace(/\\(.)/g, '$1'))).toEqual(texts);
  });
});
