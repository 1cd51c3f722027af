import { writeSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { listSegments, SpoolWriteError, type WriteSync } from './segment-files';
import { accept, answered, callNumber, finish, newSpool, recordsIn, reported, usageOf, withFolder } from './spool-fixture';

/** Writes that fail while `broken`, after having written half of what was asked, as a disk does that fills up. */
function fillableDisk() {
  const disk = { broken: false };
  const write: WriteSync = (descriptor, bytes, offset, length, position) => {
    if (!disk.broken) return writeSync(descriptor, bytes, offset, length, position);
    if (length > 8) return writeSync(descriptor, bytes, offset, length >> 1, position);
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  return { disk, write };
}

describe('the spool', () => {
  it('numbers calls and events as they are accepted, without a gap', async () => {
    await withFolder((directory) => {
      const spool = newSpool(directory);
      const call = callNumber(1);
      accept(spool, call);
      spool.report([reported(1), reported(2)]);
      finish(spool, call);
      spool.close(false);
      const records = recordsIn(directory);
      expect(records.map(({ sequence, body }) => `${body?.$case} ${sequence}`)).toEqual([
        'usage 2',
        'usage 3',
        'usage 1',
        'marked 0',
        'closed 0',
      ]);
    });
  });

  it('says in a mark only what can no longer change: later ones have a later time or a higher number', async () => {
    await withFolder((directory) => {
      const times = [1_000, 1_000, 999, 1_001];
      const spool = newSpool(directory, { clock: { now: () => times.shift() ?? 1_001 } });
      const before = callNumber(1);
      accept(spool, before);
      spool.mark();
      const after = callNumber(2);
      accept(spool, after);
      // The clock went back to 999; what was accepted then still counts as of 1,000, which is after the mark's 999.
      expect([before.acceptedAt, after.acceptedAt]).toEqual(['1970-01-01T00:00:01.000Z', '1970-01-01T00:00:01.000Z']);
      const [mark] = recordsIn(directory);
      expect(mark?.body).toEqual({ $case: 'marked', value: { markedAt: '1970-01-01T00:00:00.999Z', sequence: 1n } });
      spool.abandon();
    });
  });

  it('writes what one turn of the event loop accepts and ends at once, and tells everybody in order', async () => {
    await withFolder(async (directory) => {
      let writes = 0;
      const write: WriteSync = (...args) => ((writes += 1), writeSync(...args));
      const spool = newSpool(directory, { write });
      writes = 0;
      const told: string[] = [];
      const [one, two] = [callNumber(1), callNumber(2)];
      spool.accept(one, () => told.push('one accepted'));
      spool.accept(two, () => told.push('two accepted'));
      spool.finish(one, answered(), () => told.push('one ended'));
      expect(told).toEqual([]);
      await new Promise((resolve) => setImmediate(resolve));
      expect(told).toEqual(['one accepted', 'two accepted', 'one ended']);
      expect([writes, one.sequence, two.sequence, spool.openCalls]).toEqual([1, 1, 2, 1]);
      spool.abandon();
    });
  });

  it('gives no number to what it could not write, and leaves no torn frame', async () => {
    await withFolder((directory) => {
      const { disk, write } = fillableDisk();
      const spool = newSpool(directory, { write });
      spool.report([reported(1)]);
      disk.broken = true;
      expect(() => accept(spool, callNumber(1))).toThrow(SpoolWriteError);
      expect(() => spool.report([reported(2), reported(3)])).toThrow(SpoolWriteError);
      disk.broken = false;
      spool.report([reported(4)]);
      expect(recordsIn(directory).map((record) => [record.sequence, usageOf(record).eventId])).toEqual([
        [1n, reported(1).eventId],
        [2n, reported(4).eventId],
      ]);
      spool.abandon();
    });
  });

  it('makes room once when the record of a call cannot be written', async () => {
    await withFolder((directory) => {
      const { disk, write } = fillableDisk();
      const onWriteFailure = vi.fn(() => (disk.broken = false));
      const spool = newSpool(directory, { write, onWriteFailure });
      const call = callNumber(1);
      accept(spool, call);
      disk.broken = true;
      finish(spool, call);
      expect(onWriteFailure).toHaveBeenCalledTimes(1);
      expect(spool.openCalls).toBe(0);
      expect(recordsIn(directory)).toHaveLength(1);
      spool.abandon();
    });
  });

  it('keeps a call open whose record cannot be written at all', async () => {
    await withFolder((directory) => {
      const { disk, write } = fillableDisk();
      const spool = newSpool(directory, { write });
      const call = callNumber(1);
      accept(spool, call);
      disk.broken = true;
      expect(() => finish(spool, call)).toThrow(SpoolWriteError);
      disk.broken = false;
      finish(spool, call);
      expect(recordsIn(directory)).toHaveLength(1);
      spool.abandon();
    });
  });

  it('ends a full segment and knows the oldest one that replay would need', async () => {
    await withFolder((directory) => {
      const spool = newSpool(directory, { segmentBytes: 1 });
      const [long, short] = [callNumber(1), callNumber(2)];
      accept(spool, long);
      spool.report([reported(1)]);
      accept(spool, short);
      finish(spool, short);
      expect(listSegments(directory)).toHaveLength(5);
      expect(spool.oldestOpenSegment.number).toBe(1);
      finish(spool, long);
      expect(spool.oldestOpenSegment.number).toBe(6);
      spool.abandon();
    });
  });

  it('does not end an epoch while a call is under way', async () => {
    await withFolder((directory) => {
      const spool = newSpool(directory);
      accept(spool, callNumber(1));
      expect(() => spool.close(true)).toThrow('1 calls have not ended');
      spool.abandon();
      expect(() => accept(spool, callNumber(2))).toThrow(SpoolWriteError);
    });
  });
});
