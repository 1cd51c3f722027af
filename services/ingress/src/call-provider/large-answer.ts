import { Outcome } from '@tollgate/contracts';
import { readOpenAiAnswer } from '@tollgate/providers';
import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, estimatedUsage, type MeteredUsage, meteredUsage } from './answer';
import type { CallFailure } from './call-failure';
import type { ProviderCall } from './provider-call';

/** The usage stands at the end of an answer: behind the vectors, behind the choices. */
const TAIL_BYTES = 64 * 1024;
const USAGE_KEY = '"usage"';
const BACKSLASH = 0x5c;

/** A plain answer that is too large to hold: passed on as it comes, but for its last piece, which waits until the call is recorded. */
export class LargeAnswer implements Answer {
  private held: Buffer;
  private tail: Buffer = Buffer.alloc(0);
  private bytes = 0;

  constructor(
    private readonly call: ProviderCall,
    headers: IncomingHttpHeaders,
    begun: Buffer[],
  ) {
    const length = headers['content-length'];
    call.begin(headers, length === undefined ? [] : ['content-length', length]);
    this.held = begun[0]!;
    this.bytes = this.held.length;
    for (const chunk of begun.slice(1)) this.data(chunk);
  }

  data(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.keepTail(this.held);
    this.call.write(this.held);
    this.held = chunk;
  }

  end(): void {
    this.keepTail(this.held);
    const outcome = this.call.clientGone ? Outcome.OUTCOME_CLIENT_CUT : Outcome.OUTCOME_ANSWERED;
    this.call.record(outcome, this.usage(), () => this.call.finish([this.held]));
  }

  /** The client has a part already, under a status that says that all is well: only a connection that breaks tells it otherwise. */
  fail({ outcome }: CallFailure): void {
    const { call } = this;
    const cut = outcome === Outcome.OUTCOME_CLIENT_CUT ? outcome : Outcome.OUTCOME_PROVIDER_CUT;
    call.record(cut, estimatedUsage(call.inputBytes, this.outputTokens()), () => call.exchange.res.destroy());
  }

  private keepTail(chunk: Buffer): void {
    this.tail = chunk.length >= TAIL_BYTES ? chunk.subarray(-TAIL_BYTES) : Buffer.concat([this.tail, chunk]).subarray(-TAIL_BYTES);
  }

  private usage(): MeteredUsage {
    const at = this.tail.lastIndexOf(USAGE_KEY);
    if (at > 0 && this.tail[at - 1] !== BACKSLASH) {
      const { usage } = readOpenAiAnswer(Buffer.concat([Buffer.from('{'), this.tail.subarray(at)]), this.call.provider);
      if (usage) return meteredUsage(usage);
    }
    return estimatedUsage(this.call.inputBytes, this.outputTokens());
  }

  private outputTokens(): number {
    return this.call.route.operation === 'embeddings' ? 0 : Math.ceil(this.bytes / 4);
  }
}
