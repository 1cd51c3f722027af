import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SegmentName, SpoolPosition } from './segment-files';

/** How far a slot has been dealt with. Losing it is harmless: what was sent is sent again, and every receiver knows it by its id. */
export interface Checkpoint {
  /** Everything before is acknowledged by Kafka. */
  readonly acked: SpoolPosition;
  /** Replay has to read from here on: no older segment holds an intent whose call may be open. */
  readonly oldestOpen: SegmentName | null;
}

export function readCheckpoint(directory: string): Checkpoint | null {
  try {
    return JSON.parse(readFileSync(join(directory, 'checkpoint.json'), 'utf8')) as Checkpoint;
  } catch {
    return null;
  }
}

export async function writeCheckpoint(directory: string, checkpoint: Checkpoint): Promise<void> {
  const path = join(directory, 'checkpoint.json');
  await writeFile(`${path}.new`, JSON.stringify(checkpoint));
  await rename(`${path}.new`, path);
}
