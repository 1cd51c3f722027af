import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a slot's folder says of itself, in `slot.json`.
 * `open`: `epoch` is the newest that was opened; it may need replay. `closed`: retired, but not everything is known to have reached Kafka.
 * `done`: retired and shipped; the folder may be deleted once its segments are old enough.
 */
export interface SlotState {
  readonly producer: string;
  readonly epoch: number;
  readonly state: 'open' | 'closed' | 'done';
  readonly changedAt: number;
}

/** Null when the folder is not (or no longer) a slot. */
export function readSlotState(directory: string): SlotState | null {
  try {
    return JSON.parse(readFileSync(join(directory, 'slot.json'), 'utf8')) as SlotState;
  } catch {
    return null;
  }
}

/** Replaces the state in one step and waits for the disk: an epoch's number must never be used twice. */
export function writeSlotState(directory: string, state: SlotState): void {
  writeFileDurably(join(directory, 'slot.json'), JSON.stringify(state));
}

/** Writes beside the file and renames, so that a reader sees the old content or the new one, whole. */
export function writeFileDurably(path: string, text: string): void {
  const descriptor = openSync(`${path}.new`, 'w');
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${path}.new`, path);
}
