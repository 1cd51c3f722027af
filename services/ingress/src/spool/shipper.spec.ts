import { UsageRecord } from '@tollgate/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EncodedRecord } from './batch-reader';
import { type RecordSink, Shipper } from './shipper';
import type { Spool } from './spool';
import { accept, callNumber, finish, newSpool, PRODUCER, reported, withFolder } from './spool-fixture';

class FakeBroker implements RecordSink {
  down = false;
  readonly received: EncodedRecord[] = [];
  readonly batches: number[] = [];
  async sendEncoded(_topic: string, records: EncodedRecord[]): Promise<void> {
    await sleep(1);
    if (this.down) throw new Error('broker is down');
    this.batches.push(records.length);
    this.received.push(...records.map(({ key, value }) => ({ key, value: Buffer.from(value) })));
  }
  get numbers(): number[] {
    return this.received.map(({ value }) => Number(UsageRecord.decode(value).sequence));
  }
}

function ship(directory: string, sink: RecordSink, spool: Spool | null): Shipper {
  const shipper = new Shipper({
    directory,
    producer: PRODUCER,
    sink,
    writeEnd: () => (spool && !spool.isClosed ? spool.position : null),
    oldestOpen: () => spool?.oldestOpenSegment ?? null,
    lingerMs: 1,
    onError: () => undefined,
  });
  shipper.start();
  return shipper;
}

describe('the shipper', () => {
  it('sends usage, marks and the close, keyed by event and producer, across segments', async () => {
    await withFolder(async (directory) => {
      const broker = new FakeBroker();
      const spool = newSpool(directory, { segmentBytes: 2_000 });
      const shipper = ship(directory, broker, spool);
      for (let n = 1; n <= 40; n += 1) {
        const call = callNumber(n);
        accept(spool, call);
        finish(spool, call);
        if (n % 10 === 0) {
          shipper.nudge();
          await sleep(5);
        }
      }
      spool.close(true);
      expect(await shipper.drained()).toBe(true);
      expect(broker.numbers).toEqual([...Array.from({ length: 40 }, (_, index) => index + 1), 0, 0]);
      expect(broker.received[0]!.key).toBe(callNumber(1).eventId);
      expect(broker.received.at(-1)!.key).toBe(PRODUCER);
      await shipper.stop();
    });
  });

  it('keeps what the broker does not take, and goes on where it left off', async () => {
    await withFolder(async (directory) => {
      const broker = new FakeBroker();
      const spool = newSpool(directory);
      const first = ship(directory, broker, spool);
      spool.report([reported(1)]);
      await first.drained();
      broker.down = true;
      spool.report([reported(2)]);
      first.nudge();
      await sleep(30);
      await first.stop();
      broker.down = false;
      const second = ship(directory, broker, spool);
      spool.report([reported(3)]);
      await second.drained();
      expect(broker.numbers).toEqual([1, 2, 3]);
      await second.stop();
      spool.abandon();
    });
  });

  it('sends at most a thousand records at a time', async () => {
    await withFolder(async (directory) => {
      const broker = new FakeBroker();
      const spool = newSpool(directory, { segmentBytes: 100_000 });
      for (let n = 0; n < 5; n += 1) spool.report(Array.from({ length: 500 }, (_, index) => reported(n * 500 + index)));
      const shipper = ship(directory, broker, spool);
      await shipper.drained();
      expect(broker.numbers).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
      expect(Math.max(...broker.batches)).toBeLessThanOrEqual(1_000);
      await shipper.stop();
      spool.abandon();
    });
  });

  it('says that it did not drain when it is stopped', async () => {
    await withFolder(async (directory) => {
      const broker = new FakeBroker();
      broker.down = true;
      const spool = newSpool(directory);
      spool.report([reported(1)]);
      const shipper = ship(directory, broker, spool);
      const drained = shipper.drained();
      await sleep(5);
      await shipper.stop();
      expect(await drained).toBe(false);
      spool.abandon();
    });
  });
});
