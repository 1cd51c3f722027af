import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { closed, marked, PricingFixture, record, usage } from '../fixtures/pricing.fixture';
import { readProducers } from './read-producers';

let pricing: PricingFixture;
let serial = 0;
const event = (sequence: number, epoch: number, producer: string) =>
  record(sequence, usage(`0b100000-0000-4000-8000-${String((serial += 1)).padStart(12, '0')}`), epoch, producer);
const at = (time: string) => `2026-10-14T${time}.000Z`;

/** What is known of a producer: how far without a gap, and until when complete. */
async function progress(producer: string) {
  const producers = await readProducers(async (sql) => (await pricing.consumer.query(sql)).rows);
  const { epoch, contiguousTo, completeUntil, gap } = producers.find(({ id }) => id === producer)!;
  return {
    epoch,
    contiguousTo,
    completeUntil: Number.isFinite(completeUntil) ? new Date(completeUntil).toISOString() : completeUntil,
    gap,
  };
}

beforeAll(async () => {
  pricing = await PricingFixture.create(await freshDatabase(inject('databaseUrl'), 'pricing_producers'));
});
afterAll(() => pricing.close());

describe('a producer’s numbers', () => {
  it('are contiguous once the gap is closed, in whatever order they come, and a mark counts from then on', async () => {
    const id = '0b200000-0000-4000-8000-000000000001';
    await pricing.handler.handle([event(1, 1, id), event(2, 1, id), event(4, 1, id)]);
    await pricing.handler.handle([marked(2, at('10:00:10'), 1, id), marked(5, at('10:00:20'), 1, id)]);
    expect(await progress(id)).toMatchObject({ contiguousTo: 2n, completeUntil: at('10:00:10') });
    await pricing.handler.handle([event(5, 1, id)]);
    expect(await progress(id)).toMatchObject({ contiguousTo: 2n, completeUntil: at('10:00:10') });
    await pricing.handler.handle([event(3, 1, id)]);
    expect(await progress(id)).toMatchObject({ contiguousTo: 5n, completeUntil: at('10:00:20') });
    await pricing.handler.handle([marked(5, at('10:00:30'), 1, id)]);
    expect(await progress(id)).toMatchObject({ contiguousTo: 5n, completeUntil: at('10:00:30') });
    expect(await pricing.count('producer_marks', `producer = '${id}'`)).toBe(0);
  });

  it('count when their events were known before: what matters is that they arrived', async () => {
    const id = '0b200000-0000-4000-8000-000000000002';
    const first = event(1, 1, id);
    await pricing.handler.handle([first]);
    await pricing.handler.handle([first, { ...first, sequence: 2n }]);
    expect(await progress(id)).toMatchObject({ contiguousTo: 2n });
  });

  it('of an epoch end with its closing; the next goes on, and retirement ends the waiting', async () => {
    const id = '0b200000-0000-4000-8000-000000000003';
    await pricing.handler.handle([event(1, 1, id), event(1, 2, id), marked(1, at('10:05:00'), 2, id)]);
    expect(await progress(id)).toMatchObject({ epoch: 2, completeUntil: -Infinity, gap: 'Epoch 1 was never closed; 1 to 1 have arrived' });
    await pricing.handler.handle([closed(2, at('10:01:00'), false, 1, id)]);
    expect(await progress(id)).toMatchObject({ completeUntil: -Infinity, gap: 'Epoch 1 ended with 2, but only 1 to 1 have arrived' });
    await pricing.handler.handle([event(2, 1, id)]);
    expect(await progress(id)).toMatchObject({ completeUntil: at('10:05:00'), gap: '' });
    await pricing.handler.handle([closed(1, at('10:06:00'), true, 2, id)]);
    expect(await progress(id)).toMatchObject({ completeUntil: Infinity });
  });

  it('may come in parallel batches', async () => {
    const id = '0b200000-0000-4000-8000-000000000004';
    const all = Array.from({ length: 90 }, (_, index) => event(index + 1, 1, id));
    const partition = (rest: number) => all.filter((_, index) => index % 3 === rest);
    await Promise.all([pricing.handler.handle(partition(0)), pricing.handler.handle(partition(1)), pricing.handler.handle(partition(2))]);
    expect(await progress(id)).toMatchObject({ contiguousTo: 90n });
  });
});
