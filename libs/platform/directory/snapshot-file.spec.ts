import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSnapshot, writeSnapshot } from './snapshot-file';

const entries = [
  { topic: 'directory.keys', key: 'a|b', bytes: Buffer.from([0, 10, 255]) },
  { topic: 'directory.models', key: 'ü\n"', bytes: Buffer.alloc(0) },
];

describe('a snapshot', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'snapshot-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it('gives back what was written, byte for byte, and leaves no draft behind', async () => {
    const file = join(folder, 'new', 'directory.snapshot');
    await writeSnapshot(file, entries);
    expect(await readSnapshot(file)).toEqual(entries);
    expect(await readdir(join(folder, 'new'))).toEqual(['directory.snapshot']);
  });

  it('can be read by its owner alone', async () => {
    const file = join(folder, 'owner.snapshot');
    await writeSnapshot(file, entries);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is undefined where there is none', async () => expect(await readSnapshot(join(folder, 'none'))).toBeUndefined());

  it('is refused when it was cut off', async () => {
    const file = join(folder, 'cut.snapshot');
    await writeSnapshot(file, entries);
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, [lines[0], lines[1], lines[3]].join('\n'));
    await expect(readSnapshot(file)).rejects.toThrow('incomplete');
    await writeFile(file, lines[0]!.slice(0, 5));
    await expect(readSnapshot(file)).rejects.toThrow();
  });

  it('is refused when another version wrote it', async () => {
    const file = join(folder, 'version.snapshot');
    await writeFile(file, '{"version":99}\n{"entries":0}\n');
    await expect(readSnapshot(file)).rejects.toThrow('version 99');
  });
});
