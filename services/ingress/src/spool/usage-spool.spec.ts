import { UsageRecord } from '@tollgate/contracts';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { OrphanAdopter } from './adopt-orphans';
import type { EncodedRecord } from './batch-reader';
import { listSlots } from './slot';
import { readSlotState } from './slot-state';
import { accept, callNumber, reported, withFolder } from './spool-fixture';
import { UsageSpool } from './usage-spool';

function broker() {
  const records: UsageRecord[] = [];
  const sendEncoded = async (_topic: string, batch: EncodedRecord[]) =>
    void records.push(...batch.map(({ value }) => UsageRecord.decode(value)));
  const closes = () =>
    records.flatMap(({ producer, epoch, body }) =>
      body?.$case === 'closed' ? [{ producer, epoch, last: Number(body.value.sequence), retired: body.value.retired }] : [],
    );
  const usage = () => records.flatMap(({ epoch, sequence, body }) => (body?.$case === 'usage' ? [`${epoch}/${sequence}`] : []));
  return { sendEncoded, closes, usage };
}

function open(root: string, sink: ReturnType<typeof broker>, replayed: string[] = []): UsageSpool {
  return new UsageSpool({
    root,
    sink,
    clock: { now: () => Date.now() },
    newProducer: randomUUID,
    limitBytes: 1 << 30,
    onError: (error) => {
      throw error;
    },
    onReplayed: (holder) => replayed.push(holder),
  });
}

/** What a kill leaves behind: files as they are, the lock gone. */
async function kill(process: UsageSpool): Promise<void> {
  process.spool.abandon();
  await process.stop(0);
}

describe('a slot', () => {
  it('is retired by a clean stop, with everything shipped; the next process begins another', async () => {
    await withFolder(async (root) => {
      const sink = broker();
      const first = open(root, sink);
      first.start();
      first.spool.report([reported(1)]);
      await first.stop(1_000);
      const producer = listSlots(root)[0]!.slice(root.length + 1);
      expect(sink.closes()).toEqual([{ producer, epoch: 1, last: 1, retired: true }]);
      expect(readSlotState(join(root, producer))?.state).toBe('done');
      const second = open(root, sink);
      expect(second.holder).not.toContain(producer);
      await second.stop(1);
    });
  });

  it('of a killed process is taken by the next, which ends its epoch and opens the next one', async () => {
    await withFolder(async (root) => {
      const sink = broker();
      const replayed: string[] = [];
      const first = open(root, sink);
      first.spool.report([reported(1)]);
      accept(first.spool, callNumber(1));
      await kill(first);
      const second = open(root, sink, replayed);
      expect(replayed).toEqual([first.holder]);
      expect(second.holder).toBe(first.holder.replace(/1$/, '2'));
      second.start();
      second.spool.report([reported(2)]);
      await second.stop(1_000);
      expect(sink.usage()).toEqual(['1/1', '1/2', '2/1']);
      expect(sink.closes().map(({ producer: _, ...close }) => close)).toEqual([
        { epoch: 1, last: 2, retired: false },
        { epoch: 2, last: 1, retired: true },
      ]);
    });
  });

  it('is not shared: a second process makes its own', async () => {
    await withFolder(async (root) => {
      const sink = broker();
      const [first, second] = [open(root, sink), open(root, sink)];
      expect(listSlots(root)).toHaveLength(2);
      await Promise.all([first.stop(1), second.stop(1)]);
    });
  });

  it('free for ten seconds is adopted, shipped and retired; one free for less is left to its own process', async () => {
    await withFolder(async (root) => {
      const sink = broker();
      const dead = open(root, sink);
      accept(dead.spool, callNumber(1));
      await kill(dead);
      let now = 1_000_000;
      const adopted: string[] = [];
      const adopter = new OrphanAdopter({
        root,
        sink,
        clock: { now: () => now },
        orphanedAfterMs: 10_000,
        retainMs: 60_000,
        onAdopted: ({ state }) => adopted.push(`${state.producer}:${state.epoch}`),
        onError: (error) => {
          throw error;
        },
      });
      await adopter.sweep();
      now += 9_999;
      await adopter.sweep();
      expect(adopted).toEqual([]);
      now += 1;
      await adopter.sweep();
      expect(adopted).toEqual([dead.holder]);
      expect(sink.usage()).toEqual(['1/1']);
      expect(sink.closes()).toMatchObject([{ epoch: 1, last: 1, retired: true }]);
      expect(readSlotState(listSlots(root)[0]!)?.state).toBe('done');
      now += 60_001;
      await adopter.sweep();
      expect(listSlots(root)).toEqual([]);
    });
  });

  it('that a retired process could not ship is shipped by whoever comes next, at once', async () => {
    await withFolder(async (root) => {
      const down = { ...broker(), sendEncoded: () => Promise.reject(new Error('down')) };
      const first = new UsageSpool({
        root,
        sink: down,
        clock: { now: () => Date.now() },
        newProducer: randomUUID,
        limitBytes: 1 << 30,
        onError: () => undefined,
        onReplayed: () => undefined,
      });
      first.start();
      first.spool.report([reported(1)]);
      await first.stop(50);
      const up = broker();
      const second = open(root, up);
      expect(second.holder).not.toBe(first.holder);
      second.start();
      for (let tries = 0; tries < 100 && up.closes().length === 0; tries += 1) await sleep(10);
      expect(up.usage()).toEqual(['1/1']);
      expect(up.closes()).toMatchObject([{ epoch: 1, last: 1, retired: true }]);
      await second.stop(1_000);
    });
  });
});
