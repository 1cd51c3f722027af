import { topics, type Topic } from '@tollgate/contracts';
import { hashApiKey } from '@tollgate/platform/api-key';
import { DirectoryReader } from '@tollgate/platform/directory';
import { createKafka } from '@tollgate/platform/kafka';
import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AccountsFixture, OPERATOR } from './accounts-fixture';

let accounts: AccountsFixture;
let reader: DirectoryReader;
beforeAll(async () => {
  accounts = await AccountsFixture.start(await freshDatabase(inject('databaseUrl'), 'accounts'));
  await accounts.newOrganization();
  const connection = createKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'accounts-spec' });
  reader = new DirectoryReader({ connection, topics: [topics.organizations, topics.projects, topics.keys, topics.connections] });
  await reader.start();
});
afterAll(async () => {
  await reader?.close();
  await accounts?.stop();
});

/** A revocation has 5 s to reach every ingress; half of that is the reader's. */
const SOON = { timeout: 2_500, interval: 20 };
const seen = <T>(topic: Topic<T>, id: string) => reader.view(topic).get(id);

describe('the directory', () => {
  it('tells of an organisation and its key, and of their changes', async () => {
    const { id, adminKey } = await accounts.newOrganization({
      requiredTags: ['team'],
      vatId: 'DE136695976',
      addressLines: ['Hauptstraße 1', '10115 Berlin'],
    });
    await expect
      .poll(() => seen(topics.organizations, id), SOON)
      .toMatchObject({
        id,
        country: 'DE',
        currency: 'EUR',
        timeZone: 'UTC',
        status: 'active',
        requiredTags: ['team'],
        vatId: 'DE136695976',
      });
    const hash = hashApiKey('pepper-of-the-specs', adminKey);
    const keys = () => [...reader.view(topics.keys).values()].filter((key) => key.organizationId === id);
    await expect.poll(keys, SOON).toMatchObject([{ hash, scopes: ['admin'], status: 'active', previousHash: '' }]);
    await accounts.call(OPERATOR, 'PATCH', `/api/v1/organizations/${id}`, { status: 'suspended' });
    await expect.poll(() => seen(topics.organizations, id)?.status, SOON).toBe('suspended');
  });

  it('tells of a rotation with both hashes, and of a revocation, within 2.5 s', async () => {
    const { admin } = await accounts.newOrganization();
    const first = (await accounts.call(admin, 'POST', '/api/v1/api-keys', { name: 'A', scopes: ['inference'], tags: { env: 'prod' } }))
      .body;
    await expect.poll(() => seen(topics.keys, first.id), SOON).toMatchObject({ tags: { env: 'prod' }, status: 'active' });
    const second = (await accounts.call(admin, 'POST', `/api/v1/api-keys/${first.id}/rotate`, { overlapSeconds: 60 })).body;
    await expect
      .poll(() => seen(topics.keys, first.id), SOON)
      .toMatchObject({
        hash: hashApiKey('pepper-of-the-specs', second.key),
        previousHash: hashApiKey('pepper-of-the-specs', first.key),
        previousHashExpiresAt: second.previousKeyExpiresAt,
      });
    await accounts.call(admin, 'DELETE', `/api/v1/api-keys/${first.id}`);
    await expect.poll(() => seen(topics.keys, first.id), SOON).toMatchObject({ status: 'revoked', previousHash: '' });
  });

  it('tells of projects and connections, and forgets a removed connection', async () => {
    const { id, admin } = await accounts.newOrganization();
    const project = (await accounts.call(admin, 'POST', '/api/v1/projects', { slug: 'search', name: 'Search' })).body;
    const connection = (await accounts.call(admin, 'POST', '/api/v1/providers', { provider: 'openai', secret: 'sk-plain' })).body;
    await expect
      .poll(() => seen(topics.projects, project.id), SOON)
      .toEqual({ id: project.id, organizationId: id, slug: 'search', name: 'Search', status: 'active' });
    await expect
      .poll(() => seen(topics.connections, connection.id), SOON)
      .toMatchObject({ organizationId: id, baseUrl: 'https://api.openai.com/v1' });
    expect(JSON.stringify(seen(topics.connections, connection.id))).not.toContain('sk-plain');
    await accounts.call(admin, 'DELETE', `/api/v1/providers/${connection.id}`);
    await expect.poll(() => seen(topics.connections, connection.id), SOON).toBeUndefined();
  });

  it('shows the operator’s shared connections without an organisation', async () => {
    const { id } = (await accounts.call(OPERATOR, 'POST', '/api/v1/providers', { provider: 'groq', secret: 's' })).body;
    await expect.poll(() => seen(topics.connections, id), SOON).toMatchObject({ organizationId: '', provider: 'groq' });
  });
});
