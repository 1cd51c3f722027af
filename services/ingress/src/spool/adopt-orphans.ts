import type { Clock } from '@tollgate/platform/config';
import { readdirSync, rmSync, statSync } from 'node:fs';
import type { ReplayReport } from './replay-epoch';
import { type RecordSink, Shipper } from './shipper';
import { changeSlotState, type HeldSlot, holdSlot, listSlots, replaySlot } from './slot';
import { SlotLock } from './slot-lock';

export interface OrphanAdopterOptions {
  readonly root: string;
  readonly sink: RecordSink;
  readonly clock: Clock;
  /** How long a slot must have been free before it counts as orphaned: a process that restarts takes its own back sooner. */
  readonly orphanedAfterMs: number;
  /** How long the folder of a retired and shipped slot is kept. */
  readonly retainMs: number;
  readonly onAdopted: (slot: HeldSlot, report: ReplayReport) => void;
  readonly onError: (error: Error) => void;
}

/** Deals with the slots that nobody holds: ends and ships those of dead processes, ships what retired ones left, deletes what is long done. */
export class OrphanAdopter {
  private readonly freeSince = new Map<string, number>();
  private shipper: Shipper | null = null;
  private sweeping = false;
  private stopped = false;

  constructor(private readonly options: OrphanAdopterOptions) {}

  /** Looks at every slot once; a sweep that is still at it makes the next one return at once. */
  async sweep(): Promise<void> {
    if (this.sweeping || this.stopped) return;
    this.sweeping = true;
    try {
      for (const directory of listSlots(this.options.root)) {
        if (!this.stopped) await this.look(directory);
      }
    } catch (error) {
      this.options.onError(error as Error);
    } finally {
      this.sweeping = false;
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.shipper?.stop();
  }

  private async look(directory: string): Promise<void> {
    const slot = holdSlot(directory);
    if (!slot) {
      this.freeSince.delete(directory);
      this.removeStillborn(directory);
      return;
    }
    try {
      const now = this.options.clock.now();
      if (slot.state.state === 'done') {
        if (now - slot.state.changedAt > this.options.retainMs) rmSync(directory, { recursive: true, force: true });
      } else if (slot.state.state === 'closed') {
        await this.ship(slot);
      } else {
        const since = this.freeSince.get(directory) ?? now;
        this.freeSince.set(directory, since);
        if (now - since >= this.options.orphanedAfterMs) await this.adopt(slot);
      }
    } finally {
      slot.lock.release();
    }
  }

  private async adopt(slot: HeldSlot): Promise<void> {
    this.freeSince.delete(slot.directory);
    const { clock, onAdopted } = this.options;
    let report = replaySlot(slot, true, clock.now());
    onAdopted(slot, report);
    let held = slot;
    if (!report.retired) {
      // Its epoch had ended without retiring it, and no next one was opened: an empty one retires it.
      held = changeSlotState(held, { epoch: held.state.epoch + 1 }, clock.now());
      report = replaySlot(held, true, clock.now());
    }
    await this.ship(changeSlotState(held, { state: 'closed' }, clock.now()));
  }

  private async ship(slot: HeldSlot): Promise<void> {
    const { sink, onError, clock } = this.options;
    const { directory, state } = slot;
    const shipper = new Shipper({
      directory,
      producer: state.producer,
      sink,
      writeEnd: () => null,
      oldestOpen: () => null,
      lingerMs: 0,
      onError,
    });
    this.shipper = shipper;
    shipper.start();
    const drained = await shipper.drained();
    await shipper.stop();
    this.shipper = null;
    if (drained) changeSlotState(slot, { state: 'done' }, clock.now());
  }

  /** A process died between making a folder and making a slot of it. */
  private removeStillborn(directory: string): void {
    try {
      if (readdirSync(directory).includes('slot.json') || this.options.clock.now() - statSync(directory).mtimeMs < this.options.retainMs)
        return;
      const lock = SlotLock.tryTake(directory);
      if (!lock) return;
      rmSync(directory, { recursive: true, force: true });
      lock.release();
    } catch {
      // It went away by itself.
    }
  }
}
