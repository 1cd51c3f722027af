import { type GrantUse, UsageRecord, type UsageRecorded } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import { recordOfOrphan } from './estimate-orphan';
import { FrameType } from './frame';
import { type GrantBalance, readGrantChange, readSegmentHead } from './segment-head';
import { type IntentRecord, readIntent, readSequence, usageRecordStart } from './usage-codec';

/** The record that replay writes for a call that its process left open. */
export interface OrphanRecord {
  readonly sequence: number;
  readonly usage: UsageRecorded;
}

/** What the frames of an epoch tell about it. Feed it every frame in order; then ask. */
export class EpochFindings {
  /** The highest number given out. */
  lastSequence = 0;
  /** Set once the epoch has ended. */
  closed: { readonly retired: boolean } | null = null;
  /** False until a frame tells where the numbers stood: reading must begin at an older segment. */
  anchored = false;
  private readonly open = new Map<number, { intent: IntentRecord; sent: boolean }>();
  private balances = new Map<string, { budgetId: string; amount: Decimal }>();

  apply(type: FrameType, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case FrameType.head:
        return this.onHead(bytes.subarray(start, end));
      case FrameType.intent: {
        const intent = readIntent(bytes.subarray(start, end));
        this.open.set(intent.sequence, { intent, sent: true });
        return this.saw(intent.sequence);
      }
      case FrameType.held:
      case FrameType.sent:
      case FrameType.firstByte: {
        const call = this.open.get(readSequence(bytes, start));
        if (call) call.sent = type !== FrameType.held;
        return;
      }
      case FrameType.usage: {
        const sequence = readSequence(bytes, start);
        this.open.delete(sequence);
        if (this.balances.size > 0) this.spend(usageOf(bytes.subarray(usageRecordStart(start), end))?.grants ?? []);
        return this.saw(sequence);
      }
      case FrameType.close: {
        const { body } = UsageRecord.decode(bytes.subarray(start, end));
        if (body?.$case === 'closed') this.closed = { retired: body.value.retired };
        return;
      }
      case FrameType.grant: {
        const change = readGrantChange(bytes.subarray(start, end));
        this.add(change);
        return;
      }
      case FrameType.mark:
        return;
    }
  }

  /** The records of the calls that never ended, in the order of their numbers. */
  orphans(): OrphanRecord[] {
    return [...this.open.values()]
      .map(({ intent, sent }) => ({ sequence: intent.sequence, usage: recordOfOrphan(intent, sent) }))
      .sort((a, b) => a.sequence - b.sequence);
  }

  /** What is left of the epoch's grants, holds of open calls included. */
  grantBalances(): GrantBalance[] {
    return [...this.balances].map(([grantId, { budgetId, amount }]) => ({ grantId, budgetId, amount: amount.toString() }));
  }

  /** What is left of the epoch's grants once its open calls have been recorded as `orphans` says: it can be given back. */
  idleGrants(): GrantBalance[] {
    const left = new Map([...this.balances].map(([grantId, { budgetId, amount }]) => [grantId, { grantId, budgetId, amount }]));
    for (const { usage } of this.orphans()) {
      for (const { grantId, held } of usage.grants) {
        const balance = left.get(grantId);
        if (balance) balance.amount = balance.amount.minus(Decimal.parse(held));
      }
    }
    return [...left.values()].map(({ amount, ...grant }) => ({ ...grant, amount: amount.isNegative() ? '0' : amount.toString() }));
  }

  private onHead(payload: Buffer): void {
    const head = readSegmentHead(payload);
    this.anchored = true;
    this.saw(head.lastSequence);
    this.balances = new Map(head.grants.map(({ grantId, budgetId, amount }) => [grantId, { budgetId, amount: Decimal.parse(amount) }]));
  }

  private saw(sequence: number): void {
    if (sequence > this.lastSequence) this.lastSequence = sequence;
  }

  private add({ grantId, budgetId, amount }: GrantBalance): void {
    const before = this.balances.get(grantId)?.amount ?? Decimal.ZERO;
    this.balances.set(grantId, { budgetId, amount: before.plus(Decimal.parse(amount)) });
  }

  private spend(grants: readonly GrantUse[]): void {
    for (const { grantId, held } of grants) {
      const balance = this.balances.get(grantId);
      if (balance) balance.amount = balance.amount.minus(Decimal.parse(held));
    }
  }
}

function usageOf(bytes: Buffer): UsageRecorded | null {
  const { body } = UsageRecord.decode(bytes);
  return body?.$case === 'usage' ? body.value : null;
}
