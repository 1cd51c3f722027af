import { describe, expect, it } from 'vitest';
import { producerProgress, type EpochState } from './producer-progress';

const at = (time: string) => Date.parse(`2026-10-31T${time}Z`);
const running = (epoch: number, contiguousTo: bigint, completeUntil: string | null): EpochState => ({
  epoch,
  contiguousTo,
  closedAtSequence: null,
  closedAt: null,
  retired: false,
  completeUntil: completeUntil === null ? null : at(completeUntil),
  writtenOff: false,
});
const closed = (epoch: number, contiguousTo: bigint, last: bigint, time: string, over: Partial<EpochState> = {}): EpochState => ({
  ...running(epoch, contiguousTo, null),
  closedAtSequence: last,
  closedAt: at(time),
  ...over,
});
const NOTHING = Number.NEGATIVE_INFINITY;
const FOR_EVER = Number.POSITIVE_INFINITY;

describe('how far a producer is complete', () => {
  it.each<[string, EpochState[], number, string]>([
    ['a running epoch, to its newest settled mark', [running(1, 9n, '10:00:00')], at('10:00:00'), ''],
    ['a running epoch without a settled mark, nowhere', [running(1, 9n, null)], NOTHING, ''],
    ['an epoch that ended with all its numbers, to its end', [closed(1, 9n, 9n, '10:00:00')], at('10:00:00'), ''],
    ['an epoch that accepted nothing, to its end', [closed(1, 0n, 0n, '10:00:00')], at('10:00:00'), ''],
    ['a retired producer, for ever', [closed(1, 9n, 9n, '10:00:00', { retired: true })], FOR_EVER, ''],
    ['the next epoch, from where the last ended', [closed(1, 9n, 9n, '10:00:00'), running(2, 0n, null)], at('10:00:00'), ''],
    ['the next epoch, to its own mark', [closed(1, 9n, 9n, '10:00:00'), running(2, 3n, '11:00:00')], at('11:00:00'), ''],
    [
      'an ended epoch with a gap, to its last settled mark',
      [closed(1, 7n, 9n, '10:00:00', { completeUntil: at('09:30:00') })],
      at('09:30:00'),
      'Epoch 1 ended with 9, but only 1 to 7 have arrived',
    ],
    [
      'a gap in an earlier epoch, however far the later one is',
      [closed(1, 7n, 9n, '10:00:00'), running(2, 50n, '12:00:00')],
      NOTHING,
      'Epoch 1 ended with 9, but only 1 to 7 have arrived',
    ],
    [
      'an earlier epoch that nobody closed',
      [running(1, 7n, '09:00:00'), running(2, 50n, '12:00:00')],
      at('09:00:00'),
      'Epoch 1 was never closed; 1 to 7 have arrived',
    ],
    ['an epoch of which nothing came', [running(2, 50n, '12:00:00')], NOTHING, 'Nothing of epoch 1 has arrived'],
    ['a lost epoch that was written off, as if nothing were missing', [closed(1, 7n, 9n, '10:00:00', { writtenOff: true })], FOR_EVER, ''],
    [
      'the epoch after a lost one, by its own mark alone',
      [closed(1, 7n, 9n, '10:00:00', { writtenOff: true }), running(2, 3n, '11:00:00')],
      at('11:00:00'),
      '',
    ],
    [
      'an epoch after retirement, by its own mark alone',
      [closed(1, 9n, 9n, '10:00:00', { retired: true }), running(2, 3n, null)],
      NOTHING,
      '',
    ],
    ['a producer that never spoke', [], NOTHING, ''],
  ])('%s', (_, epochs, completeUntil, gap) => {
    expect(producerProgress(epochs)).toMatchObject({ completeUntil, gap });
  });

  it('shows the newest epoch and how far it goes without a gap', () => {
    expect(producerProgress([closed(1, 9n, 9n, '10:00:00'), running(2, 3n, '11:00:00')])).toMatchObject({ epoch: 2, contiguousTo: 3n });
  });
});
