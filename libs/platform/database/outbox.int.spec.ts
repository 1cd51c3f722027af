import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { writeOutbox } from './outbox';
import { OutboxRelay } from './outbox-relay';
import { createSampleDatabase } from './sample-database';

const ORG = '0a000000-0000-4000-8000-00000000000a';
let sample: Awaited<ReturnType<typeof createSampleDatabase>>;
let relays: OutboxRelay[];
beforeEach(async () => {
  sample = await createSampleDatabase(inject('databaseUrl'));
  relays = [];
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.close()));
  await sample.drop();
});

type Sent = { topic: string; key: string; value: string | null };
function relayTo(sent: Sent[], fail: () => boolean = () => false): OutboxRelay {
  const publisher = {
    async sendEncoded(topic: string, records: { key: string; value: Buffer | null }[]) {
      if (fail()) throw new Error('the broker is away');
      sent.push(...records.map(({ key, value }) => ({ topic, key, value: value === null ? null : value.toString() })));
    },
  };
  const relay = new OutboxRelay({ database: sample.consumers, publisher, pollMs: 20 });
  relays.push(relay);
  return relay;
}
const left = async () => Number((await sample.consumers.query<{ count: string }>('SELECT count(*) FROM outbox')).rows[0]?.count);
async function until(condition: () => Promise<boolean> | boolean) {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('did not happen within 5 s');
}

describe('outbox', () => {
  it('publishes what committed, in order, and nothing that rolled back', async () => {
    const sent: Sent[] = [];
    relayTo(sent).start();
    await sample.tenants.run(ORG, (em) =>
      writeOutbox(em, [
        { topic: 'a', key: '1', value: Buffer.from('x') },
        { topic: 'b', key: '2', value: null },
        { topic: 'a', key: '1', value: Buffer.from('y') },
      ]),
    );
    const undone = sample.tenants.run(ORG, async (em) => {
      await writeOutbox(em, [{ topic: 'a', key: '9', value: null }]);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await until(async () => (await left()) === 0);
    expect(sent).toEqual([
      { topic: 'a', key: '1', value: 'x' },
      { topic: 'b', key: '2', value: null },
      { topic: 'a', key: '1', value: 'y' },
    ]);
  });
  it('keeps what the broker did not take, and publishes it later', async () => {
    let away = true;
    const sent: Sent[] = [];
    relayTo(sent, () => away).start();
    await sample.consumers.transaction((tx) => writeOutbox(tx, [{ topic: 'a', key: '1', value: Buffer.from('x') }]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([sent.length, await left()]).toEqual([0, 1]);
    away = false;
    await until(async () => (await left()) === 0);
    expect(sent).toHaveLength(1);
  });
  it('publishes each record once with two relays side by side', async () => {
    const sent: Sent[] = [];
    relayTo(sent).start();
    relayTo(sent).start();
    const keys = Array.from({ length: 1_200 }, (_, index) => String(index));
    await sample.consumers.transaction((tx) =>
      writeOutbox(
        tx,
        keys.map((key) => ({ topic: 'a', key, value: null })),
      ),
    );
    await until(async () => (await left()) === 0);
    expect(sent.map(({ key }) => key)).toEqual(keys);
  });
});
