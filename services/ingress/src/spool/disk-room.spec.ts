import { existsSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DiskRoom, type DiskRoomOptions } from './disk-room';
import { listSegments, segmentPath } from './segment-files';
import { withFolder } from './spool-fixture';

const DAY_MS = 86_400_000;

function room(directory: string, change: Partial<DiskRoomOptions> = {}): DiskRoom {
  return new DiskRoom({ directory, limitBytes: 1_000, minFreeBytes: 0, reserveBytes: 0, retainMs: DAY_MS, ...change });
}

/** Segments 1, 2, … of so many bytes each, last written a long time ago. */
function segments(directory: string, ...sizes: number[]): void {
  sizes.forEach((size, index) => {
    const path = segmentPath(directory, { epoch: 1, number: index + 1 });
    writeFileSync(path, '');
    truncateSync(path, size);
    utimesSync(path, 1, 1);
  });
}

const numbers = (directory: string) => listSegments(directory).map(({ number }) => number);

describe('the room on the disk', () => {
  it('is kept free of segments that were acknowledged a day ago', async () => {
    await withFolder((directory) => {
      segments(directory, 100, 100, 100);
      const disk = room(directory);
      const now = Date.now();
      disk.check({ epoch: 1, number: 3 }, now);
      expect(numbers(directory)).toEqual([1, 2, 3]);
      disk.check({ epoch: 1, number: 3 }, now + DAY_MS - 1_000);
      expect(numbers(directory)).toEqual([1, 2, 3]);
      disk.check({ epoch: 1, number: 3 }, now + DAY_MS + 1_000);
      expect(numbers(directory)).toEqual([3]);
    });
  });

  it('is made by deleting the oldest acknowledged segments sooner, once half of the limit is used', async () => {
    await withFolder((directory) => {
      segments(directory, 300, 300, 300);
      const disk = room(directory);
      // 900 used; 600 is still more than 500; 300 is not.
      disk.check({ epoch: 1, number: 3 }, Date.now());
      expect(numbers(directory)).toEqual([3]);
      expect(disk.refusal).toBeNull();
    });
  });

  it('runs out with what Kafka has not acknowledged: then no call is accepted', async () => {
    await withFolder((directory) => {
      segments(directory, 600, 600);
      const disk = room(directory);
      disk.check({ epoch: 1, number: 1 }, Date.now());
      expect(numbers(directory)).toEqual([1, 2]);
      expect(disk.refusal).toContain('1200 bytes');
      disk.check({ epoch: 1, number: 2 }, Date.now());
      expect(disk.refusal).toBeNull();
    });
  });

  it('holds a reserve for the records of calls under way, and takes no call without it', async () => {
    await withFolder((directory) => {
      const disk = room(directory, { reserveBytes: 4_096 });
      disk.check({ epoch: 1, number: 1 }, Date.now());
      expect(existsSync(join(directory, 'reserve'))).toBe(true);
      disk.releaseReserve();
      expect(existsSync(join(directory, 'reserve'))).toBe(false);
      expect(disk.refusal).toContain('full');
      disk.check({ epoch: 1, number: 1 }, Date.now());
      expect(disk.refusal).toBeNull();
    });
  });

  it('is gone when the file system has too little left', async () => {
    await withFolder((directory) => {
      const disk = room(directory, { minFreeBytes: Number.MAX_SAFE_INTEGER });
      disk.check({ epoch: 1, number: 1 }, Date.now());
      expect(disk.refusal).toContain('bytes left');
    });
  });
});
