import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshDatabase } from '@tollgate/testing';
import { ChargeApplier } from '../apply-charges/charge-applier';
import { noteParked } from '../count-parked/note-parked';
import { sampleCharge, sampleParked } from '../sample-charge';
import { openSampleSpend } from './sample-spend';

let sample: Awaited<ReturnType<typeof openSampleSpend>>;
const get: typeof sample.get = (path, over) => sample.get(path, over);
beforeAll(async () => {
  sample = await openSampleSpend(await freshDatabase(inject('databaseUrl'), 'spend'));
});
afterAll(() => sample.close());

describe('usage', () => {
  it('has quantities and latencies, and no money', async () => {
    const { body } = await get('usage?groupBy=provider');
    // openai: latencies 800 + 1000 + 800 = 2600 over 3 = 867; one streamed answer with 120 ms. The correction of anthropic's brings none.
    expect(body.rows).toEqual([
      {
        provider: 'anthropic',
        charges: 2,
        requests: 1,
        estimated: 0,
        latencyMsAverage: 800,
        firstTokenMsAverage: null,
        quantities: { images: '2' },
      },
      {
        provider: 'openai',
        charges: 3,
        requests: 3,
        estimated: 1,
        latencyMsAverage: 867,
        firstTokenMsAverage: 120,
        quantities: { input_tokens: '300', output_tokens: '60', requests: '3' },
      },
    ]);
    expect(body.totals).toMatchObject({ requests: 4, quantities: { input_tokens: '300', images: '2' } });
    expect(JSON.stringify(body)).not.toMatch(/amount|cost/);
  });
});

describe('parked usage', () => {
  it('is counted beside the spend until its charge arrives, whichever came first', async () => {
    const parked = ['p1', 'p2', 'p3'].map((name) => sampleParked(name, { tags: { project: 'lab' } }));
    await new ChargeApplier(sample.database.consumers).apply([sampleCharge('p3', { amount: '0', tags: { project: 'lab' } })]);
    await noteParked(sample.database.consumers, parked);
    await noteParked(sample.database.consumers, [...parked, ...parked]);
    expect((await get('spend?filter[project]=lab')).body.parked).toBe(2);
    await new ChargeApplier(sample.database.consumers).apply([sampleCharge('p1', { amount: '0', tags: { project: 'lab' } })]);
    expect((await get('spend?filter[project]=lab')).body.parked).toBe(1);
    expect((await get('spend?filter[project]=search')).body.parked).toBe(0);
    expect((await get('spend?to=2026-10-01T00:00:00Z')).body.parked).toBe(0);
  });
});
