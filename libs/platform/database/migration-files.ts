import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One numbered SQL file; applied once, in one transaction. */
export interface MigrationFile {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** Hex SHA-256 of the file: what was applied must never be edited afterwards. */
  readonly sha256: string;
}

/**
 * Reads `NNNN_name.sql` of a folder in the order of their numbers.
 * @throws when a file is named otherwise, or the numbers are not 1, 2, 3 …
 */
export function readMigrationFiles(directory: string): MigrationFile[] {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, index) => {
    const match = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(name);
    if (!match || Number(match[1]) !== index + 1)
      throw new Error(`${join(directory, name)} should be named ${String(index + 1).padStart(4, '0')}_<name>.sql`);
    const sql = readFileSync(join(directory, name), 'utf8');
    return { number: index + 1, name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });
}
