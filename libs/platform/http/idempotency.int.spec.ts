import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Body, Controller, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createZodDto } from 'nestjs-zod';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { TenantDatabase, createDataSource, runMigrations } from '@tollgate/platform/database';
import { CurrentOrganization, RequireScope } from './access';
import { createHttpApp } from './create-http-app';
import { Idempotent } from './idempotency.interceptor';
import { signInternalToken } from './internal-token';
import { Problem } from './problem';

const SECRET = 'a-secret-of-the-specs';
const ORG = '0a000000-0000-4000-8000-00000000000a';
const OTHER = '0a000000-0000-4000-8000-00000000000b';

class CreateNote extends createZodDto(z.object({ id: z.uuid(), text: z.string() })) {}

@Controller('notes')
class NotesController {
  constructor(private readonly database: TenantDatabase) {}

  @Post()
  @RequireScope('admin')
  @Idempotent({ secretMembers: ['key'] })
  async create(@Body() { id, text }: CreateNote, @CurrentOrganization() organizationId: string) {
    await this.database.run(organizationId, (em) => em.query('INSERT INTO notes VALUES ($1, $2, $3)', [id, organizationId, text]));
    if (text === 'refused') throw new Problem({ status: 409, code: 'refused', title: 'Refused', detail: 'Refused after the insert.' });
    return { id, text, key: 'tg_test_shown_once' };
  }
}

const serverUrl = inject('databaseUrl');
const database = `notebook_${randomBytes(6).toString('hex')}`;
const urlOf = (user?: string) => {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) Object.assign(url, { username: user, password: 'pw' });
  return url.toString();
};
async function asOwner<R>(sql: string, url = urlOf()): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows as R[];
}

let app: NestFastifyApplication;
let tenants: TenantDatabase;
beforeAll(async () => {
  await asOwner(`CREATE DATABASE ${database}`, serverUrl);
  const restUrl = urlOf('tollgate_notebook');
  await runMigrations({
    service: 'notebook',
    directory: join(__dirname, 'fixtures/migrations'),
    ownerUrl: urlOf(),
    restUrl,
    idempotency: true,
  });
  tenants = new TenantDatabase(createDataSource({ url: restUrl, schema: 'notebook', entities: [], applicationName: 'notebook' }));
  @Module({ controllers: [NotesController], providers: [{ provide: TenantDatabase, useValue: tenants }] })
  class NotesModule {}
  app = await createHttpApp(NotesModule, { service: 'notebook', port: 0, host: '127.0.0.1', internalSecret: SECRET, handleSignals: false });
});
afterAll(async () => {
  await app.close();
  await tenants.close();
  await asOwner(`DROP DATABASE ${database} WITH (FORCE)`, serverUrl);
});

async function post(key: string, note: { id: string; text: string }, organizationId = ORG) {
  const token = await signInternalToken(
    { organizationId, keyId: 'k', scopes: ['admin'], operator: false, project: null },
    SECRET,
    Date.now(),
  );
  const response = await app.inject({
    method: 'POST',
    url: '/notes',
    headers: { 'x-tollgate-internal': token, 'idempotency-key': key },
    payload: note,
  });
  return {
    status: response.statusCode,
    replayed: response.headers['idempotency-replayed'],
    body: response.json<Record<string, unknown>>(),
  };
}
const noteId = (n: number) => `1a000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const count = async () => Number((await asOwner<{ count: string }>('SELECT count(*) FROM notebook.notes'))[0]?.count);

describe('Idempotency-Key', () => {
  it('repeats the first answer, with its status, and creates once; a secret is shown once', async () => {
    const note = { id: noteId(1), text: 'one' };
    expect(await post('a', note)).toEqual({ status: 201, replayed: undefined, body: { ...note, key: 'tg_test_shown_once' } });
    expect(await post('a', note)).toEqual({ status: 201, replayed: 'true', body: { ...note, key: null } });
    expect(await count()).toBe(1);
    expect(JSON.stringify((await asOwner('SELECT * FROM notebook.idempotency_keys'))[0])).not.toContain('tg_test');
  });
  it('creates once when the same request comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('b', { id: noteId(2), text: 'two' })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect(answers.filter(({ replayed }) => replayed === undefined)).toHaveLength(1);
    expect(await count()).toBe(2);
  });
  it('refuses the same key for another request', async () => {
    expect(await post('a', { id: noteId(3), text: 'three' })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });
  it('is each organisation’s own', async () => {
    expect((await post('a', { id: noteId(4), text: 'four' }, OTHER)).status).toBe(201);
  });
  it('keeps neither key nor effect of a request that failed', async () => {
    expect((await post('c', { id: noteId(5), text: 'refused' })).status).toBe(409);
    expect((await post('c', { id: noteId(5), text: 'refused' })).status).toBe(409);
    expect((await post('c', { id: noteId(5), text: 'accepted' })).status).toBe(201);
  });
});
