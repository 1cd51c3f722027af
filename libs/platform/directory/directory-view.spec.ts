import { describe, expect, it } from 'vitest';
import { TopicView } from './directory-view';

const decode = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes).toString();
  if (text === 'bad') throw new Error('bad bytes');
  return text;
};

describe('a directory view', () => {
  it('holds the newest value of each key, and none after its deletion', () => {
    const view = new TopicView(decode);
    view.apply('a', Buffer.from('1'));
    view.apply('a', Buffer.from('2'));
    view.apply('b', Buffer.from('3'));
    expect([view.get('a'), view.size, [...view.values()]]).toEqual(['2', 2, ['2', '3']]);
    view.apply('a', null);
    expect([view.get('a'), view.size]).toEqual([undefined, 1]);
  });

  it('tells of changes and not of repetitions', () => {
    const view = new TopicView(decode);
    const told: unknown[] = [];
    view.onChange((key, value) => told.push([key, value]));
    view.apply('a', Buffer.from('1'));
    view.apply('a', Buffer.from('1'));
    view.apply('a', null);
    view.apply('a', null);
    expect(told).toEqual([
      ['a', '1'],
      ['a', undefined],
    ]);
  });

  it('keeps the old value when the new one cannot be read', () => {
    const view = new TopicView(decode);
    view.apply('a', Buffer.from('1'));
    expect(() => view.apply('a', Buffer.from('bad'))).toThrow('bad bytes');
    expect(view.get('a')).toBe('1');
  });
});
