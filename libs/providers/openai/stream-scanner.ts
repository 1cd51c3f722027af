import { extractOpenAiUsage } from './extract-usage';
import { lastFinishReason, withServiceTier, type OpenAiAnswer } from './read-answer';
import { findUsageObject, groqUsage, isUsageOnly, parseEvent } from './stream-event';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DONE = /^\s*data:\s*\[DONE\]\s*$/;
const MAX_DONE_BYTES = 32;
const NOTHING = Buffer.alloc(0);
/** Of an event beyond this size only the end is looked at: what we search is far smaller, and memory stays bounded. */
const MAX_EVENT_BYTES = 65_536;
const TAIL_BYTES = 8192;
/** The finish reason stands in one of the last events before `[DONE]`. */
const KEPT_EVENTS = 4;
/** The first piece of text, reasoning, refusal or a tool's arguments that is not empty. */
const CONTENT = /"(?:content|reasoning_content|reasoning|refusal|text|arguments|data)"\s*:\s*"(?!")/;

/**
 * Follows a streamed answer of the OpenAI shape (server-sent events) while it is passed on. Events are told apart by a native search for line ends; only
 * the last one that carries usage is parsed, at the end. Nothing is copied but an event that chunks share, and what is kept is bounded.
 */
export class OpenAiStreamScanner {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  /** The event under way is too long to hold: its bytes went on already, `pending` keeps its last ones. */
  private isOverflown = false;
  private usage: { readonly event: Buffer; readonly at: number } | undefined;
  private readonly lastEvents: Buffer[] = [];
  private isDone = false;
  private contentSeen = false;
  private eventCount = 0;

  /**
   * @param provider whose usage table applies
   * @param dropsUsageChunk true when the client did not ask for the usage-only chunk that we made the provider send. Events are then passed on whole, so
   * that it can be left out even when it arrives in pieces.
   */
  constructor(
    private readonly provider: string,
    private readonly dropsUsageChunk: boolean,
  ) {}

  /** Whether `[DONE]` has arrived: nothing that matters follows. */
  get done(): boolean {
    return this.isDone;
  }

  /** Whether any content has arrived; ask after each push to time the first token. */
  get hasContent(): boolean {
    return this.contentSeen;
  }

  /** Events that have arrived, `[DONE]` aside: about one token each, which is what an estimate of a cut stream has to go by. */
  get events(): number {
    return this.eventCount;
  }

  /** Takes the next chunk and returns the bytes to pass on, in order; they share the chunk's memory where they can. */
  push(chunk: Buffer): readonly Buffer[] {
    const forward: Buffer[] = [];
    let from = 0;
    for (let end = this.endOfEvent(chunk, from); end > 0; end = this.endOfEvent(chunk, from)) {
      this.closeEvent(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end), forward);
      from = end;
    }
    if (from < chunk.length) this.hold(from === 0 ? chunk : chunk.subarray(from), forward);
    return this.dropsUsageChunk ? forward : [chunk];
  }

  /** The stream has ended, or was cut: what is still to be passed on, and what the answer said. */
  end(): { readonly forward: readonly Buffer[]; readonly answer: OpenAiAnswer } {
    const forward: Buffer[] = [];
    if (this.pending.length > 0) this.closeEvent(NOTHING, forward);
    return { forward: this.dropsUsageChunk ? forward : [], answer: this.answer() };
  }

  private answer(): OpenAiAnswer {
    const event = this.usage && parseEvent(this.usage.event);
    // Of an event that was too long to keep, the usage object alone is left.
    const block = event ? (event['usage'] ?? groqUsage(event)) : this.usage && parseEvent(this.usage.event, this.usage.at);
    const model = event?.['model'] ?? this.lastEvents.map((kept) => parseEvent(kept)?.['model']).find((name) => name !== undefined);
    return {
      usage: withServiceTier(extractOpenAiUsage(block, this.provider), event?.['service_tier']),
      model: typeof model === 'string' ? model : undefined,
      finishReason: lastFinishReason(Buffer.concat(this.lastEvents.map((kept) => kept.subarray(-TAIL_BYTES)))),
      complete: this.isDone,
    };
  }

  /** The end of the event that is under way at `from`, its blank line included; 0 when it does not end in this chunk. */
  private endOfEvent(chunk: Buffer, from: number): number {
    for (let newline = chunk.indexOf(NEWLINE, from); newline >= 0; newline = chunk.indexOf(NEWLINE, newline + 1)) {
      let before = this.byteBefore(chunk, from, newline - 1);
      if (before === CARRIAGE_RETURN) before = this.byteBefore(chunk, from, newline - 2);
      if (before === NEWLINE) return newline + 1;
    }
    return 0;
  }

  /** The byte at an index of the chunk, or of what earlier chunks left of this event. */
  private byteBefore(chunk: Buffer, from: number, index: number): number | undefined {
    if (index >= from) return chunk[index];
    let missing = from - index;
    for (let piece = this.pending.length - 1; piece >= 0; piece -= 1) {
      const bytes = this.pending[piece]!;
      if (missing <= bytes.length) return bytes[bytes.length - missing];
      missing -= bytes.length;
    }
    return undefined;
  }

  private hold(rest: Buffer, forward: Buffer[]): void {
    this.pending.push(rest);
    this.pendingBytes += rest.length;
    if (this.pendingBytes <= MAX_EVENT_BYTES && !this.isOverflown) return;
    forward.push(...(this.isOverflown ? [rest] : this.pending));
    this.isOverflown = true;
    const held = this.pending.length === 1 ? rest : Buffer.concat(this.pending);
    this.noticeContent(held);
    // A copy, so that the tail does not keep a large chunk alive.
    this.pending = [Buffer.from(held.subarray(-TAIL_BYTES))];
    this.pendingBytes = this.pending[0]!.length;
  }

  private closeEvent(rest: Buffer, forward: Buffer[]): void {
    const event = this.pending.length > 0 ? Buffer.concat([...this.pending, rest]) : rest;
    const wasOverflown = this.isOverflown;
    if (this.pending.length > 0) this.pending = [];
    this.pendingBytes = 0;
    this.isOverflown = false;
    if (event.length <= MAX_DONE_BYTES && DONE.test(event.toString('latin1'))) this.isDone = true;
    else this.eventCount += 1;
    this.noticeContent(event);
    this.lastEvents.push(event.length > TAIL_BYTES ? Buffer.from(event.subarray(-TAIL_BYTES)) : event);
    if (this.lastEvents.length > KEPT_EVENTS) this.lastEvents.shift();
    const at = findUsageObject(event);
    if (at >= 0) this.usage = { event, at };
    if (wasOverflown) forward.push(rest);
    else if (at < 0 || !this.dropsUsageChunk || !isUsageOnly(event)) forward.push(event);
  }

  private noticeContent(event: Buffer): void {
    if (!this.contentSeen && CONTENT.test(event.toString('latin1'))) this.contentSeen = true;
  }
}
