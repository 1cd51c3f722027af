import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runMigrations } from './run-migrations';
import { createSampleDatabase } from './sample-database';

let sample: Awaited<ReturnType<typeof createSampleDatabase>>;
let directory: string;
beforeAll(async () => {
  sample = await createSampleDatabase(inject('databaseUrl'));
  directory = mkdtempSync(join(tmpdir(), 'migrations-'));
  cpSync(sample.settings.directory, directory, { recursive: true });
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await sample.drop();
});

describe('migrations', () => {
  it('applies each file once, also when two processes migrate at once', async () => {
    expect(sample.applied).toEqual(['0001_create_notes.sql', '0002_create_entries.sql']);
    expect(await Promise.all([runMigrations(sample.settings), runMigrations(sample.settings)])).toEqual([[], []]);
  });
  it('keeps nothing of a file that fails', async () => {
    writeFileSync(join(directory, '0003_fails.sql'), 'CREATE TABLE half_done (x int); SELECT 1 / 0;');
    await expect(runMigrations({ ...sample.settings, directory })).rejects.toThrow(/0003_fails\.sql failed: division by zero/);
    expect(await sample.asOwner(`SELECT to_regclass('sample.half_done') AS found`)).toEqual([{ found: null }]);
    rmSync(join(directory, '0003_fails.sql'));
  });
  it('refuses a file that was edited after it was applied', async () => {
    writeFileSync(join(directory, '0001_create_notes.sql'), '-- another text');
    await expect(runMigrations({ ...sample.settings, directory })).rejects.toThrow(/0001_create_notes\.sql was edited/);
  });
  it('refuses file names out of order', async () => {
    writeFileSync(join(directory, '0007_jump.sql'), 'SELECT 1');
    await expect(runMigrations({ ...sample.settings, directory })).rejects.toThrow(/should be named 0003_/);
  });
  it('refuses a URL of another role', async () => {
    await expect(runMigrations({ ...sample.settings, restUrl: sample.settings.ownerUrl })).rejects.toThrow(/should be tollgate_sample/);
  });
});

describe('monthly partitions', () => {
  const names = async () =>
    (
      await sample.asOwner<{ part: string }>(
        `SELECT inhrelid::regclass::text AS part FROM pg_inherits WHERE inhparent = 'sample.entries'::regclass ORDER BY 1`,
      )
    ).map((row) => row.part);

  it('reach 14 months back and 3 ahead, and there is a default', async () => {
    const month = (offset: number) => {
      const now = new Date();
      return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 7).replace('-', '_');
    };
    const found = await names();
    expect(found).toHaveLength(14 + 1 + 3 + 1);
    expect(found).toContain('sample.entries_default');
    expect(found[0]).toBe(`sample.entries_${month(-14)}`);
    expect(found.at(-2)).toBe(`sample.entries_${month(3)}`);
  });
  it('take the rows that had fallen into the default partition', async () => {
    await sample.asOwner(
      `INSERT INTO sample.entries VALUES (gen_random_uuid(), gen_random_uuid(), date_trunc('month', now()) - interval '15 months', 1.5)`,
    );
    expect(await sample.asOwner(`SELECT count(*) FROM sample.entries_default`)).toEqual([{ count: '1' }]);
    expect(await sample.asOwner(`SELECT sample.keep_month_partitions('entries', 15, 3) AS made`)).toEqual([{ made: 1 }]);
    expect(await sample.asOwner(`SELECT count(*) FROM sample.entries_default`)).toEqual([{ count: '0' }]);
    expect(await sample.asOwner(`SELECT amount FROM sample.entries`)).toEqual([{ amount: '1.5' }]);
  });
});
