import type { Clock } from '@tollgate/platform/config';
import { OrphanAdopter } from './adopt-orphans';
import { DiskRoom } from './disk-room';
import type { ReplayReport } from './replay-epoch';
import { compareSegments, type SpoolWriteError } from './segment-files';
import type { GrantBalance } from './segment-head';
import { type RecordSink, Shipper } from './shipper';
import { changeSlotState, type HeldSlot, openSlot } from './slot';
import { Spool } from './spool';

export interface UsageSpoolOptions {
  /** The folder in which every process of this machine has its slot. */
  readonly root: string;
  readonly sink: RecordSink;
  readonly clock: Clock;
  readonly newProducer: () => string;
  readonly limitBytes: number;
  readonly onError: (error: Error) => void;
  readonly onShipped?: (records: number) => void;
  /** A dead process was found and replayed; `holder` is how it called itself to budget-alert. */
  readonly onReplayed: (holder: string, report: ReplayReport) => void;
}

const MB = 1024 * 1024;
const SEGMENT_BYTES = 64 * MB;
const MIN_FREE_BYTES = 256 * MB;
const RESERVE_BYTES = 8 * MB;
const DAY_MS = 86_400_000;
/** Records gather for so long: a batch costs much the same however large it is, and nobody waits for it. */
const LINGER_MS = 60;
const SYNC_EVERY_MS = 200;
const MARK_EVERY_MS = 10_000;
const CHECK_EVERY_MS = 5_000;
const SWEEP_EVERY_MS = 2_000;
const ORPHANED_AFTER_MS = 10_000;

/** The name under which one epoch of a producer borrows from budgets. */
export function holderName(producer: string, epoch: number): string {
  return `${producer}:${epoch}`;
}

/** This process's slot with everything that keeps it going: shipping, marks, syncs, room on the disk, and the orphans of other processes. */
export class UsageSpool {
  readonly spool: Spool;
  readonly shipper: Shipper;
  readonly room: DiskRoom;
  readonly holder: string;
  /** Set by whoever holds grants: their balances go into the head of each segment. */
  grants: () => readonly GrantBalance[] = () => [];
  private slot: HeldSlot;
  private readonly adopter: OrphanAdopter;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(private readonly options: UsageSpoolOptions) {
    const { root, sink, clock, onError, onReplayed } = options;
    const slot = openSlot(root, options.newProducer, clock.now());
    const { directory } = slot;
    const { producer, epoch } = slot.state;
    this.slot = slot;
    this.holder = holderName(producer, epoch);
    this.room = new DiskRoom({
      directory,
      limitBytes: options.limitBytes,
      minFreeBytes: MIN_FREE_BYTES,
      reserveBytes: RESERVE_BYTES,
      retainMs: DAY_MS,
    });
    this.spool = new Spool({
      directory,
      producer,
      epoch,
      clock,
      segmentBytes: SEGMENT_BYTES,
      grants: () => this.grants(),
      onUsage: () => this.shipper.nudge(),
      onWriteFailure: (error) => this.onWriteFailure(error),
    });
    this.shipper = new Shipper({
      directory,
      producer,
      sink,
      writeEnd: () => (this.spool.isClosed ? null : this.spool.position),
      oldestOpen: () => this.spool.oldestOpenSegment,
      lingerMs: LINGER_MS,
      onError,
      ...(options.onShipped && { onShipped: options.onShipped }),
    });
    this.adopter = new OrphanAdopter({
      root,
      sink,
      clock,
      orphanedAfterMs: ORPHANED_AFTER_MS,
      retainMs: DAY_MS,
      onAdopted: ({ state }, report) => onReplayed(holderName(state.producer, state.epoch), report),
      onError,
    });
    if (slot.replayed) onReplayed(holderName(producer, epoch - 1), slot.replayed);
  }

  start(): void {
    const { onError } = this.options;
    this.room.check(this.keepFrom(), this.options.clock.now());
    this.spool.mark();
    this.shipper.start();
    this.every(SYNC_EVERY_MS, () => this.spool.sync(onError));
    this.every(MARK_EVERY_MS, () => this.spool.mark());
    this.every(CHECK_EVERY_MS, () => this.room.check(this.keepFrom(), this.options.clock.now()));
    this.every(SWEEP_EVERY_MS, () => void this.adopter.sweep());
    void this.adopter.sweep();
  }

  /**
   * Ends the epoch and retires the slot. What can't be shipped within `timeoutMs` is left for another process to ship; calls that have not ended are left
   * for it to replay.
   */
  async stop(timeoutMs: number): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.adopter.stop();
    const { clock } = this.options;
    if (!this.closeSpool()) {
      await this.shipper.stop();
    } else {
      this.slot = changeSlotState(this.slot, { state: 'closed' }, clock.now());
      const timeout = setTimeout(() => void this.shipper.stop(), timeoutMs);
      const drained = await this.shipper.drained();
      clearTimeout(timeout);
      await this.shipper.stop();
      if (drained) changeSlotState(this.slot, { state: 'done' }, clock.now());
    }
    this.slot.lock.release();
  }

  /** Whether the epoch could be ended; otherwise it is left as a crash would leave it. */
  private closeSpool(): boolean {
    try {
      if (this.spool.openCalls === 0) {
        this.spool.close(true);
        return true;
      }
    } catch (error) {
      this.options.onError(error as Error);
    }
    this.spool.abandon();
    return false;
  }

  private keepFrom() {
    const { acked } = this.shipper;
    const open = this.spool.oldestOpenSegment;
    return compareSegments(acked, open) < 0 ? acked : open;
  }

  private every(ms: number, work: () => void): void {
    const guarded = () => {
      try {
        work();
      } catch (error) {
        this.options.onError(error as Error);
      }
    };
    this.timers.push(setInterval(guarded, ms));
  }

  private onWriteFailure(error: SpoolWriteError): void {
    this.room.releaseReserve();
    this.options.onError(error);
  }
}
