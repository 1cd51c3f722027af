import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One key of one topic, as bytes. */
export interface SnapshotEntry {
  readonly topic: string;
  readonly key: string;
  readonly bytes: Buffer;
}

const VERSION = 1;

/**
 * Writes all entries, so that a reader sees the old file or the new one and never a part: beside the target, flushed, then renamed.
 * Readable by the owner alone, since directories hold key hashes and provider secrets' ciphertext.
 */
export async function writeSnapshot(file: string, entries: Iterable<SnapshotEntry>): Promise<void> {
  const lines = [JSON.stringify({ version: VERSION })];
  for (const { topic, key, bytes } of entries) lines.push(JSON.stringify([topic, key, bytes.toString('base64')]));
  lines.push(JSON.stringify({ entries: lines.length - 1 }), '');
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(lines.join('\n'));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/** The entries of a snapshot; undefined where there is none. Throws if the file is damaged or of another version. */
export async function readSnapshot(file: string): Promise<SnapshotEntry[] | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  const head = lines[0] as { version?: number };
  const tail = lines.at(-1) as { entries?: number };
  if (head.version !== VERSION) throw new Error(`Snapshot ${file} has version ${head.version}, not ${VERSION}`);
  if (tail.entries !== lines.length - 2) throw new Error(`Snapshot ${file} is incomplete`);
  return lines.slice(1, -1).map((line) => {
    const [topic, key, base64] = line as [string, string, string];
    return { topic, key, bytes: Buffer.from(base64, 'base64') };
  });
}
