import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createSampleDatabase } from './sample-database';

const ORG_A = '0a000000-0000-4000-8000-00000000000a';
const ORG_B = '0a000000-0000-4000-8000-00000000000b';
const NOTE_A = '1a000000-0000-4000-8000-00000000000a';
const NOTE_B = '1a000000-0000-4000-8000-00000000000b';

let sample: Awaited<ReturnType<typeof createSampleDatabase>>;
beforeAll(async () => {
  sample = await createSampleDatabase(inject('databaseUrl'));
  const insert = 'INSERT INTO notes VALUES ($1, $2, $3)';
  await sample.tenants.run(ORG_A, (em) => em.query(insert, [NOTE_A, ORG_A, 'of A']));
  await sample.consumers.query(insert, [NOTE_B, ORG_B, 'of B']);
});
afterAll(() => sample.drop());

describe('tenants never meet', () => {
  it('shows a request its own organisation’s rows alone, whatever the SQL asks for', async () => {
    const rows = await sample.tenants.run(ORG_A, (em) => em.query('SELECT text FROM notes'));
    expect(rows).toEqual([{ text: 'of A' }]);
    expect(await sample.tenants.run(ORG_A, (em) => em.query('SELECT * FROM notes WHERE organization_id = $1', [ORG_B]))).toEqual([]);
  });
  it('shows raw SQL through the pool nothing at all when no organisation was named', async () => {
    expect(await sample.dataSource.query('SELECT * FROM sample.notes')).toEqual([]);
    // Nor does a connection remember whom it served.
    await sample.tenants.run(ORG_A, (em) => em.query('SELECT 1'));
    expect(await sample.dataSource.query('SELECT * FROM sample.notes')).toEqual([]);
  });
  it('lets nobody write, move or delete a row of another organisation', async () => {
    const as = (sql: string, values: unknown[]) => sample.tenants.run(ORG_A, (em) => em.query(sql, values));
    await expect(as('INSERT INTO notes VALUES (gen_random_uuid(), $1, $2)', [ORG_B, 'planted'])).rejects.toMatchObject({ code: '42501' });
    await expect(as('UPDATE notes SET organization_id = $1', [ORG_B])).rejects.toMatchObject({ code: '42501' });
    expect(await as('DELETE FROM notes WHERE id = $1', [NOTE_B])).toEqual([[], 0]);
    expect((await sample.consumers.query('SELECT id FROM notes ORDER BY id')).rows).toEqual([{ id: NOTE_A }, { id: NOTE_B }]);
  });
  it('gives the consumer role every organisation’s rows by its explicit policy', async () => {
    expect((await sample.consumers.query('SELECT count(*) FROM notes')).rows).toEqual([{ count: '2' }]);
  });
  it('hides partitions that are asked for directly', async () => {
    const [{ part }] = (await sample.asOwner<{ part: string }>(
      `SELECT inhrelid::regclass::text AS part FROM pg_inherits WHERE inhparent = 'sample.entries'::regclass LIMIT 1`,
    )) as [{ part: string }];
    await expect(sample.dataSource.query(`SELECT * FROM ${part}`)).rejects.toMatchObject({ code: '42501' });
  });
  it('runs as roles that own nothing and may bypass nothing', async () => {
    const roles = await sample.asOwner(
      `SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit, rolreplication,
         EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) OR EXISTS (SELECT FROM pg_namespace WHERE nspowner = r.oid) AS owner,
         EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS member
       FROM pg_roles r WHERE rolname LIKE 'tollgate_sample%' ORDER BY rolname`,
    );
    const nothing = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolinherit: false,
      rolreplication: false,
      owner: false,
      member: false,
    };
    expect(roles).toEqual([
      { rolname: 'tollgate_sample', ...nothing },
      { rolname: 'tollgate_sample_consumer', ...nothing },
    ]);
  });
  it('cannot switch row-level security off or change tables', async () => {
    for (const sql of [
      'ALTER TABLE sample.notes DISABLE ROW LEVEL SECURITY',
      'DROP TABLE sample.notes',
      'CREATE TABLE sample.mine (x int)',
      'TRUNCATE sample.notes',
    ]) {
      await expect(sample.dataSource.query(sql)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('transactions of a tenant', () => {
  it('joins a transaction of the same request behind a savepoint, and both roll back together', async () => {
    const failing = sample.tenants.run(ORG_A, async (em) => {
      await sample.tenants.run(ORG_A, (inner) => inner.query('INSERT INTO notes VALUES (gen_random_uuid(), $1, $2)', [ORG_A, 'inner']));
      expect(await em.query('SELECT count(*) FROM notes')).toEqual([{ count: '2' }]);
      throw new Error('the outer work fails');
    });
    await expect(failing).rejects.toThrow('the outer work fails');
    expect(await sample.tenants.run(ORG_A, (em) => em.query('SELECT count(*) FROM notes'))).toEqual([{ count: '1' }]);
  });
  it('survives a failure inside that was caught, and comes back to its own organisation', async () => {
    await sample.tenants.run(ORG_A, async (em) => {
      const duplicate = sample.tenants.run(ORG_B, (inner) =>
        inner.query('INSERT INTO notes VALUES ($1, $2, $3)', [NOTE_B, ORG_B, 'again']),
      );
      await expect(duplicate).rejects.toMatchObject({ code: '23505' });
      expect(await sample.tenants.run(ORG_B, (inner) => inner.query('SELECT text FROM notes'))).toEqual([{ text: 'of B' }]);
      expect(await em.query('SELECT text FROM notes')).toEqual([{ text: 'of A' }]);
    });
  });
  it('calls back after the outermost commit, and never for what was rolled back', async () => {
    const seen: string[] = [];
    const noted = (text: string) => () => void seen.push(text);
    await sample.tenants.run(ORG_A, async () => {
      sample.tenants.afterCommit(noted('outer'));
      await sample.tenants.run(ORG_A, async () => sample.tenants.afterCommit(noted('inner')));
      const undone = sample.tenants.run(ORG_A, async () => {
        sample.tenants.afterCommit(noted('undone'));
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(['outer', 'inner']);
    await sample.tenants
      .run(ORG_A, async () => (sample.tenants.afterCommit(noted('failed')), Promise.reject(new Error('no'))))
      .catch(() => undefined);
    sample.tenants.afterCommit(noted('at once'));
    expect(seen).toEqual(['outer', 'inner', 'at once']);
  });
  it('fails when the work swallowed an error of the database, instead of seeming to have committed', async () => {
    const swallow = (query: (sql: string) => Promise<unknown>) => query('SELECT 1 / 0').catch(() => 'fine');
    await expect(sample.tenants.run(ORG_A, (em) => swallow((sql) => em.query(sql)))).rejects.toMatchObject({ code: '25P02' });
    await expect(sample.consumers.transaction((tx) => swallow((sql) => tx.query(sql)))).rejects.toThrow('swallowed');
  });
  it('gives numeric, bigint and date as text and timestamptz as Date', async () => {
    const sql = `SELECT 12345678901234567890.1234567890::numeric AS n, 9007199254740993::int8 AS i, date '2026-10-25' AS d, timestamptz '2026-10-25T00:30:00.123Z' AS t`;
    const expected = {
      n: '12345678901234567890.1234567890',
      i: '9007199254740993',
      d: '2026-10-25',
      t: new Date('2026-10-25T00:30:00.123Z'),
    };
    expect(await sample.tenants.run(ORG_A, (em) => em.query(sql))).toEqual([expected]);
    expect((await sample.consumers.query(sql)).rows).toEqual([expected]);
  });
});
