import type { UsageRecorded } from '@tollgate/contracts';
import type { Clock } from '@tollgate/platform/config';
import { Problem } from '@tollgate/platform/http';
import { hash } from 'node:crypto';
import type { Identity } from '../authenticate-key/key-gate';
import type { Exchange } from '../gateway/exchange';
import { spoolUnusable } from '../gateway/problems';
import { unexpected } from '../gateway/when-known';
import type { DiskRoom } from '../spool/disk-room';
import { SpoolWriteError } from '../spool/segment-files';
import type { Spool } from '../spool/spool';
import type { TagRules } from '../tag-call/tag-rules';
import type { Tags } from '../tag-call/tags';
import { readEnvelope } from './read-envelope';
import { EventRejected, eventName, readEvent } from './read-event';
import { RecentEvents } from './recent-events';
import { TimeWindow } from './time-window';

/** What became of one event. */
export interface EventResult {
  readonly id: string;
  readonly status: 'accepted' | 'duplicate' | 'rejected';
  readonly reason?: string;
}

interface ReadEvent {
  readonly usage: UsageRecorded;
  readonly digest: string;
}

const RECENT_EVENTS = 200_000;

/** Takes usage that was metered elsewhere: every event for itself, all that are good with one write. */
export class ReportUsage {
  private readonly recent = new RecentEvents(RECENT_EVENTS);

  constructor(
    private readonly spool: Spool,
    private readonly room: Pick<DiskRoom, 'refusal'>,
    private readonly tagRules: TagRules,
    private readonly clock: Clock,
    private readonly onReported: (results: readonly EventResult[]) => void,
  ) {}

  /** @throws Problem for what concerns the request as a whole. */
  handle(exchange: Exchange, identity: Identity, body: Buffer): void {
    if (this.room.refusal !== null) throw spoolUnusable();
    const events = readEnvelope(body, exchange.req.headers['content-type']);
    const window = new TimeWindow(this.clock.now());
    const settled = events.map((event) => this.read(event, identity, window));
    const waiting = settled.some((one) => one instanceof Promise);
    if (!waiting) return this.write(exchange, events, settled as (ReadEvent | EventRejected)[]);
    Promise.all(settled)
      .then((all) => this.write(exchange, events, all))
      .catch((error: unknown) => exchange.fail(error instanceof Problem ? error : unexpected(error)));
  }

  private read(event: unknown, identity: Identity, window: TimeWindow): ReadEvent | EventRejected | Promise<ReadEvent | EventRejected> {
    try {
      const { usage, tags } = readEvent(event, identity, window);
      const settled = this.tagRules.settle(identity, tags);
      if (settled instanceof Promise) return settled.then((known) => withTags(usage, known)).catch(rejectedBy);
      return withTags(usage, settled);
    } catch (error) {
      return rejectedBy(error);
    }
  }

  private write(exchange: Exchange, events: readonly unknown[], read: readonly (ReadEvent | EventRejected)[]): void {
    const accepted: ReadEvent[] = [];
    const inThisBatch = new Map<string, string>();
    const results = read.map((one, index): EventResult => {
      const id = eventName(events[index]);
      if (one instanceof EventRejected) return { id, status: 'rejected', reason: one.message };
      const { eventId } = one.usage;
      const before = inThisBatch.get(eventId);
      const seen = before === undefined ? this.recent.look(eventId, one.digest) : before === one.digest ? 'same' : 'different';
      if (seen === 'same') return { id, status: 'duplicate' };
      // One that says something else goes on all the same: the first stands, and the ledger notes the conflict.
      inThisBatch.set(eventId, one.digest);
      accepted.push(one);
      return seen === 'new'
        ? { id, status: 'accepted' }
        : { id, status: 'duplicate', reason: 'An event of this source and id said something else before.' };
    });
    try {
      if (accepted.length > 0) this.spool.report(accepted.map(({ usage }) => usage));
    } catch (error) {
      throw error instanceof SpoolWriteError ? spoolUnusable() : error;
    }
    for (const { usage, digest } of accepted) this.recent.add(usage.eventId, digest);
    this.onReported(results);
    exchange.sendJson(202, { results });
  }
}

function withTags(usage: UsageRecorded, tags: Tags): ReadEvent {
  usage.tags = tags as Record<string, string>;
  const { provider, model, operation, occurredAt, quantities, attributes } = usage;
  return { usage, digest: hash('sha1', JSON.stringify([provider, model, operation, occurredAt, quantities, attributes, tags]), 'base64') };
}

/** A problem with its tags is the event's own; that nobody can tell now whether a project exists is the request's. */
function rejectedBy(error: unknown): EventRejected {
  if (error instanceof EventRejected) return error;
  if (error instanceof Problem && error.status < 500) return new EventRejected(error.detail);
  throw error;
}
