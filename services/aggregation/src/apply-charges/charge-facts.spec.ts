import { describe, expect, it } from 'vitest';
import { PoisonRecordError } from '@tollgate/platform/kafka';
import { sampleCharge } from '../sample-charge';
import { factOf } from './charge-facts';

const utc = (text: string) => Date.parse(text);

describe('facts of a charge', () => {
  it('fall into the hour and day of the organisation’s zone', () => {
    // 23:30 UTC on 14 October is 01:30 on the 15th in Berlin (UTC+2 in summer): its day began at 22:00 UTC.
    const berlin = factOf(sampleCharge('a', { occurredAt: '2026-10-14T23:30:00.000Z' }));
    expect([berlin.hour, berlin.day]).toEqual([utc('2026-10-14T23:00:00Z'), utc('2026-10-14T22:00:00Z')]);
    // Kolkata is UTC+5:30, so its hours begin at half past: 10:20 UTC is 15:50 there.
    const kolkata = factOf(sampleCharge('b', { timeZone: 'Asia/Kolkata' }));
    expect([kolkata.hour, kolkata.day]).toEqual([utc('2026-10-15T09:30:00Z'), utc('2026-10-14T18:30:00Z')]);
  });
  it('keep the two hours apart that read 02:00 when clocks go back', () => {
    // On 25 October 2026 Berlin has 02:30 twice: at 00:30 UTC in summer time and at 01:30 UTC in winter time; one day of 25 hours.
    const [summer, winter] = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((occurredAt) =>
      factOf(sampleCharge('c', { occurredAt })),
    );
    expect([summer?.hour, winter?.hour]).toEqual([utc('2026-10-25T00:00:00Z'), utc('2026-10-25T01:00:00Z')]);
    expect([summer?.day, winter?.day]).toEqual([utc('2026-10-24T22:00:00Z'), utc('2026-10-24T22:00:00Z')]);
  });
  it('count a latency once, with the first charge and not with its corrections', () => {
    expect(factOf(sampleCharge('d')).latencyMs).toBe(800);
    expect(factOf(sampleCharge('e', { correctsChargeId: sampleCharge('d').chargeId, requests: 0 })).latencyMs).toBe(0);
  });
  it('take free tags for nothing and missing ones for untagged', () => {
    expect(factOf(sampleCharge('f', { tags: { team: 'core', colour: 'red' } })).dimension).toMatchObject({
      project: '',
      team: 'core',
      env: '',
      feature: '',
    });
  });
  it.each([
    { chargeId: 'x' },
    { organizationId: '' },
    { occurredAt: 'yesterday' },
    { ratedAt: '' },
    { timeZone: 'Mars/Olympus' },
    { period: '2026-13' },
    { amount: '1e3' },
    { cost: '' },
    { quantities: { input_tokens: 'NaN' } },
  ])('cannot be read from a charge with %o', (over) => {
    expect(() => factOf(sampleCharge('g', over))).toThrow(PoisonRecordError);
  });
});
