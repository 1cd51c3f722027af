import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint } from './checkpoint';
import { replayEpoch, type ReplayReport } from './replay-epoch';
import { SlotLock } from './slot-lock';
import { readSlotState, type SlotState, writeSlotState } from './slot-state';

/** A slot's folder, held by this process, with what the folder says of itself. */
export interface HeldSlot {
  readonly directory: string;
  readonly lock: SlotLock;
  readonly state: SlotState;
}

/** A slot in which this process may write: its newest epoch is open and nobody else's. */
export interface OpenedSlot extends HeldSlot {
  /** What was found of the process that held the slot before; null for a new slot. */
  readonly replayed: ReplayReport | null;
}

/** Every folder is named after the producer that writes in it. */
export function listSlots(root: string): string[] {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name));
}

/** Holds the slot if it is free and still a slot; null otherwise. */
export function holdSlot(directory: string): HeldSlot | null {
  const lock = SlotLock.tryTake(directory);
  if (!lock) return null;
  const state = readSlotState(directory);
  if (state) return { directory, lock, state };
  lock.release();
  return null;
}

/** Takes a free slot whose process died, ends its epoch, and opens the next one in it; makes a new slot when none is free. */
export function openSlot(root: string, newProducer: () => string, nowMs: number): OpenedSlot {
  for (const directory of listSlots(root)) {
    const slot = holdSlot(directory);
    if (!slot) continue;
    const opened = slot.state.state === 'open' ? reopen(slot, nowMs) : null;
    if (opened) return opened;
    slot.lock.release();
  }
  return makeSlot(root, newProducer, nowMs);
}

/** Ends the newest epoch of a slot whose process died. */
export function replaySlot(slot: HeldSlot, retire: boolean, nowMs: number): ReplayReport {
  const { producer, epoch } = slot.state;
  const from = readCheckpoint(slot.directory)?.oldestOpen ?? null;
  return replayEpoch({ directory: slot.directory, producer, epoch, from, retire, nowMs });
}

export function changeSlotState(slot: HeldSlot, change: Partial<Pick<SlotState, 'epoch' | 'state'>>, nowMs: number): HeldSlot {
  const state = { ...slot.state, ...change, changedAt: nowMs };
  writeSlotState(slot.directory, state);
  return { ...slot, state };
}

function reopen(slot: HeldSlot, nowMs: number): OpenedSlot | null {
  const replayed = replaySlot(slot, false, nowMs);
  if (replayed.retired) {
    // Its process said that it would not come back, and died before it could note so.
    changeSlotState(slot, { state: 'closed' }, nowMs);
    return null;
  }
  return { ...changeSlotState(slot, { epoch: slot.state.epoch + 1 }, nowMs), replayed };
}

function makeSlot(root: string, newProducer: () => string, nowMs: number): OpenedSlot {
  const producer = newProducer();
  const directory = join(root, producer);
  mkdirSync(directory, { mode: 0o700 });
  const lock = SlotLock.tryTake(directory);
  // Another process may hold the folder for a moment to look at it; it finds no state in it and lets go. Ours is then a folder of another name.
  if (!lock) return makeSlot(root, newProducer, nowMs);
  const state: SlotState = { producer, epoch: 1, state: 'open', changedAt: nowMs };
  writeSlotState(directory, state);
  return { directory, lock, state, replayed: null };
}
