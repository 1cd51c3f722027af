import { describe, expect, it } from 'vitest';
import { placeVersion, type Validity } from './place-version';

const ALWAYS = Number.NEGATIVE_INFINITY;
const OPEN = Number.POSITIVE_INFINITY;
const old: Validity = { version: 'old', from: ALWAYS, to: 100 };
const current: Validity = { version: 'current', from: 100, to: 200 };
const announced: Validity = { version: 'announced', from: 200, to: OPEN };
const NOW = 150;

describe('a new version of a price', () => {
  it.each<[string, Validity[], number | undefined, { from: number; to: number; ended: Validity | undefined }]>([
    ['begins with time when it is the first', [], undefined, { from: ALWAYS, to: OPEN, ended: undefined }],
    ['begins now when there is another', [{ ...current, to: OPEN }], undefined, { from: NOW, to: OPEN, ended: { ...current, to: OPEN } }],
    ['ends the one it falls into and lasts until the next', [old, current, announced], 120, { from: 120, to: 200, ended: current }],
    ['takes the place of one that begins with it', [old, current, announced], 100, { from: 100, to: 200, ended: current }],
    ['may be announced', [{ ...announced, from: ALWAYS }], 300, { from: 300, to: OPEN, ended: { ...announced, from: ALWAYS } }],
    ['lasts until the first one when it begins before', [announced], 50, { from: 50, to: 200, ended: undefined }],
    ['corrects the past without touching what is now', [old, current, announced], 40, { from: 40, to: 100, ended: old }],
  ])('%s', (_, versions, wanted, expected) => {
    expect(placeVersion(versions, wanted, NOW)).toEqual(expected);
  });
});
