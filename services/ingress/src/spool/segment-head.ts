import { FrameBuffer, FrameType } from './frame';

/** A hard limit's slice as this process holds it: what is left for new calls, for calls under way and for the cost of those that ended. */
export interface GrantBalance {
  readonly grantId: string;
  readonly budgetId: string;
  /** Decimal string in the budget's currency. */
  readonly amount: string;
}

/** What was in force where a segment begins, so that it can be read without those before it. */
export interface SegmentHead {
  /** The newest number given out before this segment. */
  readonly lastSequence: number;
  readonly grants: readonly GrantBalance[];
}

export function writeSegmentHead(frames: FrameBuffer, head: SegmentHead): void {
  frames.append(FrameType.head, Buffer.from(JSON.stringify(head)));
}

export function readSegmentHead(payload: Buffer): SegmentHead {
  return JSON.parse(payload.toString('utf8')) as SegmentHead;
}

/** A change of one balance: `amount` is what was granted, negative for what was given back. */
export function writeGrantChange(frames: FrameBuffer, change: GrantBalance): void {
  frames.append(FrameType.grant, Buffer.from(JSON.stringify(change)));
}

export function readGrantChange(payload: Buffer): GrantBalance {
  return JSON.parse(payload.toString('utf8')) as GrantBalance;
}
