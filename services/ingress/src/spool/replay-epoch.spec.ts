import { Outcome, type UsageRecord } from '@tollgate/contracts';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayEpoch, type ReplayReport } from './replay-epoch';
import { listSegments, segmentPath } from './segment-files';
import type { Spool } from './spool';
import { accept, callNumber, finish, newSpool, PRODUCER, recordsIn, reported, usageOf, withFolder } from './spool-fixture';

const NOW = Date.parse('2026-10-01T01:00:00.000Z');
const GRANT = { budgetId: 'budget', grantId: 'grant', held: '0.5' };

function replay(directory: string, retire = false): ReplayReport {
  return replayEpoch({ directory, producer: PRODUCER, epoch: 1, from: null, retire, nowMs: NOW });
}

/** What each number's record says: its outcome, or the estimate's output tokens. */
function story(records: UsageRecord[]): string[] {
  return records.map(({ sequence, body }) => {
    if (body?.$case === 'closed') return `closed at ${body.value.sequence}${body.value.retired ? ', retired' : ''}`;
    if (body?.$case === 'marked') return `mark ${body.value.sequence}`;
    const usage = body!.value as ReturnType<typeof usageOf>;
    return `${sequence} ${Outcome[usage.outcome].slice(8).toLowerCase()}${usage.estimated ? ` ~${usage.quantities['input_tokens']}+${usage.quantities['output_tokens']}` : ''}`;
  });
}

describe('replay', () => {
  const call = callNumber(1);
  const cases: { given: string; write: (spool: Spool) => void; then: string[] }[] = [
    { given: 'nothing', write: () => undefined, then: ['closed at 0'] },
    {
      given: 'a call that was held',
      write: (spool) => {
        accept(spool, call);
        spool.held(call);
      },
      then: ['1 not_sent', 'closed at 1'],
    },
    { given: 'a call that left at once', write: (spool) => accept(spool, callNumber(1)), then: ['1 client_cut ~100+100', 'closed at 1'] },
    {
      given: 'a call that was held and sent',
      write: (spool) => {
        accept(spool, call);
        spool.held(call);
        spool.sent(call);
      },
      // 400 bytes ÷ 4 = 100 tokens in; 100 out, since the call was bound to them.
      then: ['1 client_cut ~100+100', 'closed at 1'],
    },
    {
      given: 'a sent call without a bound',
      write: (spool) => {
        const unbound = callNumber(1, { outputBound: 0, inputBytes: 401 });
        accept(spool, unbound);
        spool.firstByte(unbound);
      },
      then: ['1 client_cut ~101+256', 'closed at 1'],
    },
    {
      given: 'an ended call',
      write: (spool) => {
        accept(spool, call);
        finish(spool, call);
      },
      then: ['1 answered', 'closed at 1'],
    },
    {
      given: 'reported events behind an open call',
      write: (spool) => {
        accept(spool, call);
        spool.report([reported(1), reported(2)]);
        spool.mark();
      },
      then: ['2 unspecified', '3 unspecified', 'mark 3', '1 client_cut ~100+100', 'closed at 3'],
    },
    {
      given: 'a closed epoch',
      write: (spool) => {
        spool.report([reported(1)]);
        spool.close(true);
      },
      then: ['1 unspecified', 'mark 1', 'closed at 1, retired'],
    },
  ];
  it.each(cases)('of $given writes what is missing and closes the epoch', async ({ write, then }) => {
    await withFolder((directory) => {
      const spool = newSpool(directory);
      write(spool);
      spool.abandon();
      replay(directory);
      expect(story(recordsIn(directory))).toEqual(then);
    });
  });

  it('done twice is done once', async () => {
    await withFolder((directory) => {
      const spool = newSpool(directory);
      accept(spool, callNumber(1));
      spool.abandon();
      const first = replay(directory, true);
      const records = recordsIn(directory);
      expect(replay(directory, true)).toEqual({ ...first, estimated: 0 });
      expect(recordsIn(directory)).toEqual(records);
    });
  });

  it('tells once what no call holds, so that it can be given back', async () => {
    await withFolder((directory) => {
      const spool = newSpool(directory);
      spool.changeGrant({ grantId: 'grant', budgetId: 'budget', amount: '10' });
      spool.changeGrant({ grantId: 'grant', budgetId: 'budget', amount: '-1.5' });
      const [ended, sent, unsent] = [1, 2, 3].map((n) => callNumber(n, { grants: [GRANT] })) as [never, never, never];
      for (const one of [ended, sent, unsent]) accept(spool, one);
      finish(spool, ended, { grants: [{ ...GRANT, held: '0.2' }] });
      spool.held(unsent);
      spool.abandon();
      // 10 − 1.5 − 0.2 (the cost of the ended one) − 0.5 (held until the estimate is charged) − 0 (not sent) = 7.8
      const idle = [{ grantId: 'grant', budgetId: 'budget', amount: '7.8' }];
      expect(replay(directory).idleGrants).toEqual(idle);
      expect(replay(directory).idleGrants).toEqual([]);
      const holds = recordsIn(directory).flatMap(({ body }) =>
        body?.$case === 'usage' ? body.value.grants.map((grant) => grant.held) : [],
      );
      expect(holds).toEqual(['0.2', '0.5', '0']);
    });
  });
});

describe('a torn tail', () => {
  it('at every byte leaves every whole intent with exactly one record, and no gap', async () => {
    await withFolder((folder) => {
      const whole = join(folder, 'whole');
      mkdirSync(whole);
      const spool = newSpool(whole);
      // Small frames: it is their order that matters, and every byte is a disk's sync.
      const calls = [1, 2].map((n) => callNumber(n, { facts: Buffer.alloc(0) }));
      for (const one of calls) accept(spool, one);
      finish(spool, calls[1]!);
      spool.report([reported(1)]);
      spool.abandon();
      const path = segmentPath(whole, { epoch: 1, number: 1 });
      const bytes = readFileSync(path);

      for (let cut = 0; cut <= bytes.length; cut += 1) {
        const torn = join(folder, 'torn');
        mkdirSync(torn);
        writeFileSync(segmentPath(torn, { epoch: 1, number: 1 }), bytes.subarray(0, cut));
        const report = replay(torn);
        const records = recordsIn(torn);
        const numbers = records.filter(({ body }) => body?.$case === 'usage').map(({ sequence }) => Number(sequence));
        expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: report.lastSequence }, (_, index) => index + 1));
        expect(story(records).at(-1)).toBe(`closed at ${report.lastSequence}`);
        expect(report.damagedBytes).toBe(0);
        if (cut === bytes.length) expect(report.lastSequence).toBe(3);
        rmSync(torn, { recursive: true });
      }
    });
  }, 30_000);

  it('costs what was damaged in the midst, and nothing behind it', async () => {
    await withFolder((directory) => {
      const spool = newSpool(directory);
      for (let n = 1; n <= 3; n += 1) spool.report([reported(n)]);
      spool.abandon();
      const path = segmentPath(directory, { epoch: 1, number: 1 });
      const bytes = readFileSync(path);
      bytes[bytes.indexOf(reported(2).eventId)]! ^= 1;
      writeFileSync(path, bytes);
      const report = replay(directory);
      expect(report.damagedBytes).toBeGreaterThan(0);
      expect(story(recordsIn(directory))).toEqual(['1 unspecified', '3 unspecified', 'closed at 3']);
    });
  });

  it('in a segment that was only begun makes replay read the one before', async () => {
    await withFolder((directory) => {
      const spool = newSpool(directory, { segmentBytes: 1 });
      spool.report([reported(1)]);
      spool.abandon();
      const [first, second] = listSegments(directory);
      copyFileSync(segmentPath(directory, first!), join(directory, 'copy'));
      writeFileSync(segmentPath(directory, second!), 'TGS');
      const report = replayEpoch({ directory, producer: PRODUCER, epoch: 1, from: second!, retire: false, nowMs: NOW });
      expect(report.lastSequence).toBe(1);
    });
  });
});
