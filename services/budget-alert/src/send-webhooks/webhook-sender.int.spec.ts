import { randomUUID } from 'node:crypto';
import { AddressGuard } from '@tollgate/platform/http';
import { freshDatabase } from '@tollgate/testing';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { NOON, sampleDatabase, StandingClock, type SampleDatabase } from '../fixtures/sample-budgets';
import { eventually } from '../fixtures/eventually';
import { webhookReceiver } from '../fixtures/webhook-receiver';
import { ChangeWebhooks } from '../manage-webhooks/change-webhooks';
import { Deliveries } from '../manage-webhooks/deliveries';
import { WebhookSecrets } from './webhook-secrets';
import { WebhookSender } from './webhook-sender';

const LOOPBACK = '127.0.0.1';
const secrets = new WebhookSecrets('an internal secret of the specs');
let db: SampleDatabase;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  db = await sampleDatabase(await freshDatabase(inject('databaseUrl'), 'budget_alert'));
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => db.tenants.close());

function startSender(clock: StandingClock, allowed = LOOPBACK): WebhookSender {
  const database = db.consumers();
  const dispatcher = new AddressGuard(allowed).dispatcher();
  const sender = new WebhookSender({ database, secrets, dispatcher, clock, random: () => 0.5 });
  sender.start();
  closing.push(async () => {
    await sender.close();
    await Promise.all([dispatcher.destroy(), database.close()]);
  });
  return sender;
}

/** An organisation with one endpoint, and a way to send to it. */
async function given(url: string, clock = new StandingClock(NOON)) {
  const organizationId = randomUUID();
  const changes = new ChangeWebhooks(db.tenants, secrets, new AddressGuard(LOOPBACK), clock);
  const deliveries = new Deliveries(db.tenants, clock);
  const { id, secret } = await changes.create(organizationId, { url, events: ['budget.threshold.reached'] });
  const log = async () => (await deliveries.list(organizationId, id, { limit: 100 })).data;
  return { organizationId, id, secret, clock, changes, deliveries, log, send: () => deliveries.sendTest(organizationId, id) };
}

describe('sending webhooks', () => {
  it('signs as Standard Webhooks says, so that the stock library verifies, and sends nothing at registration', async () => {
    const receiver = await webhookReceiver();
    const endpoint = await given(receiver.url, new StandingClock(Date.now()));
    const sender = startSender(endpoint.clock);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(receiver.received).toEqual([]);
    const delivery = await endpoint.send();
    sender.nudge();
    await receiver.until(1);
    const [{ headers, body, path }] = receiver.received as [(typeof receiver.received)[number]];
    expect(new Webhook(endpoint.secret).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'webhook.test' });
    expect([headers['webhook-id'], headers['content-type'], path]).toEqual([delivery.id, 'application/json', '/hook?from=tollgate']);
    const [logged] = await eventually(endpoint.log, ([first]) => first?.state === 'delivered');
    expect(logged).toMatchObject({ tries: 1, nextTryAt: null, attempts: [{ attempt: 1, status: 200, error: null, excerpt: 'ok' }] });
    await receiver.close();
  });

  it('signs with both secrets while a rotation overlaps, and with the new one alone afterwards', async () => {
    const receiver = await webhookReceiver();
    const endpoint = await given(receiver.url, new StandingClock(Date.now()));
    const rotated = await endpoint.changes.rotate(endpoint.organizationId, endpoint.id, 60);
    const sender = startSender(endpoint.clock);
    await endpoint.send();
    sender.nudge();
    await receiver.until(1);
    const during = receiver.received[0]!;
    for (const secret of [endpoint.secret, rotated.secret])
      new Webhook(secret).verify(during.body, during.headers as Record<string, string>);
    endpoint.clock.nowMs += 61_000;
    await endpoint.send();
    sender.nudge();
    await receiver.until(2);
    const after = receiver.received[1]!;
    new Webhook(rotated.secret).verify(after.body, after.headers as Record<string, string>);
    expect(() => new Webhook(endpoint.secret).verify(after.body, after.headers as Record<string, string>)).toThrow();
    await receiver.close();
  });

  it.each([
    ['an answer of 500', 500, {}],
    ['a redirect, which is not followed', 302, { location: 'http://127.0.0.1:1/elsewhere' }],
    ['an answer of 429', 429, {}],
  ])('tries again with the same id and body after %s, ten times in all', async (_, status, headers) => {
    const receiver = await webhookReceiver((response) => response.writeHead(status, headers).end('no'));
    const endpoint = await given(receiver.url);
    const sender = startSender(endpoint.clock);
    await endpoint.send();
    for (let tries = 1; tries <= 10; tries += 1) {
      sender.nudge();
      const [delivery] = await eventually(endpoint.log, ([first]) => first!.tries === tries);
      if (delivery!.nextTryAt !== null) endpoint.clock.nowMs = Date.parse(delivery!.nextTryAt);
    }
    const [delivery] = await endpoint.log();
    expect(delivery).toMatchObject({ state: 'failed', tries: 10, nextTryAt: null });
    expect(delivery!.attempts.map((attempt) => attempt.status)).toEqual(Array(10).fill(status));
    expect(new Set(receiver.received.map(({ headers: sent, body }) => `${String(sent['webhook-id'])} ${body}`)).size).toBe(1);
    // By hand its tries begin anew.
    await endpoint.deliveries.redeliver(endpoint.organizationId, endpoint.id, delivery!.id);
    sender.nudge();
    await receiver.until(11);
    await receiver.close();
  });

  it('disables an endpoint that answers 410 and lets go of what waits for it', async () => {
    let answer = 503;
    const receiver = await webhookReceiver((response) => response.writeHead(answer).end());
    const endpoint = await given(receiver.url);
    const sender = startSender(endpoint.clock);
    await endpoint.send();
    sender.nudge();
    await eventually(endpoint.log, ([first]) => first!.tries === 1);
    answer = 410;
    await endpoint.send();
    sender.nudge();
    const states = await eventually(endpoint.log, (all) => all.every(({ state }) => state === 'cancelled'));
    expect(states).toHaveLength(2);
    await expect(endpoint.send()).rejects.toMatchObject({ status: 409 });
    await receiver.close();
  });

  it('connects to no address inside the network, whatever the URL was when it was registered', async () => {
    const receiver = await webhookReceiver();
    const endpoint = await given(receiver.url);
    const named = await given(receiver.url.replace(LOOPBACK, 'localhost'));
    const sender = startSender(endpoint.clock, '');
    await Promise.all([endpoint.send(), named.send()]);
    sender.nudge();
    for (const { log } of [endpoint, named]) {
      const [delivery] = await eventually(log, ([first]) => first!.tries === 1);
      expect(delivery).toMatchObject({
        state: 'pending',
        attempts: [{ status: null, error: expect.stringContaining('inside the network') }],
      });
    }
    expect(receiver.received).toEqual([]);
    await receiver.close();
  });

  it.each([
    'http://127.0.0.1/',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest',
    'http://[::1]/',
    'http://localhost/',
    'ftp://example.com/',
    'http://a:b@example.com/',
    'no url',
  ])('refuses %s at registration', async (url) => {
    const changes = new ChangeWebhooks(db.tenants, secrets, new AddressGuard(''), new StandingClock(NOON));
    await expect(changes.create(randomUUID(), { url, events: ['usage.parked'] })).rejects.toMatchObject({
      status: 400,
      code: 'url_not_allowed',
    });
  });

  it('is shared by two processes: each delivery is sent once', async () => {
    const receiver = await webhookReceiver();
    const endpoint = await given(receiver.url);
    await Promise.all(Array.from({ length: 40 }, () => endpoint.send()));
    startSender(endpoint.clock);
    startSender(endpoint.clock);
    await receiver.until(40);
    await eventually(endpoint.log, (all) => all.every(({ state }) => state === 'delivered'));
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(40);
    expect(receiver.received).toHaveLength(40);
    await receiver.close();
  });

  it('is not held up by an endpoint that is slow', async () => {
    const slow = await webhookReceiver(() => undefined);
    const quick = await webhookReceiver();
    const clock = new StandingClock(NOON);
    const [held, free] = await Promise.all([given(slow.url, clock), given(quick.url, clock)]);
    await Promise.all(Array.from({ length: 40 }, () => held.send()));
    const sender = startSender(clock);
    await slow.until(4);
    await free.send();
    sender.nudge();
    await quick.until(1, 2_000);
    expect(slow.received.length).toBeLessThan(16);
    await slow.close();
    await quick.close();
  });

  it('takes up what a process that died had claimed', async () => {
    const receiver = await webhookReceiver();
    const endpoint = await given(receiver.url);
    const { id } = await endpoint.send();
    await db.asOwner(`UPDATE deliveries SET claimed_until = $2 WHERE id = $1`, [id, new Date(NOON + 30_000)]);
    const sender = startSender(endpoint.clock);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(receiver.received).toEqual([]);
    endpoint.clock.nowMs += 30_000;
    sender.nudge();
    await receiver.until(1);
    await receiver.close();
  });

  it('keeps secrets sealed: the tables hold no part of them, and another endpoint cannot open them', async () => {
    const endpoint = await given('http://127.0.0.1:9/');
    const [row] = await db.asOwner<{ sealed_secret: string }>('SELECT sealed_secret FROM webhook_endpoints WHERE id = $1', [endpoint.id]);
    expect(endpoint.secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(Buffer.from(row!.sealed_secret, 'base64').toString('latin1')).not.toContain(endpoint.secret.slice(6, 16));
    expect(secrets.open(endpoint.organizationId, endpoint.id, row!.sealed_secret)).toBe(endpoint.secret);
    expect(() => secrets.open(endpoint.organizationId, randomUUID(), row!.sealed_secret)).toThrow();
    expect(() => new WebhookSecrets('another internal secret').open(endpoint.organizationId, endpoint.id, row!.sealed_secret)).toThrow();
  });
});
