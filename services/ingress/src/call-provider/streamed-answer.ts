import { Outcome } from '@tollgate/contracts';
import { OpenAiStreamScanner } from '@tollgate/providers';
import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, estimatedUsage, type MeteredUsage, meteredUsage, NOTHING_USED } from './answer';
import type { CallFailure } from './call-failure';
import { joinPieces } from './join-pieces';
import type { ProviderCall } from './provider-call';
import { providerCut, providerGarbage } from './provider-problems';

/**
 * A stream of server-sent events: passed on as it comes, and watched for its usage. What ends it, `[DONE]` or the end of the stream, leaves only after the
 * call is recorded.
 */
export class StreamedAnswer implements Answer {
  private readonly scanner: OpenAiStreamScanner;
  private hasBegun = false;
  private hasEnded = false;

  constructor(
    private readonly call: ProviderCall,
    private readonly headers: IncomingHttpHeaders,
    dropsUsageChunk: boolean,
  ) {
    this.scanner = new OpenAiStreamScanner(call.provider, dropsUsageChunk);
  }

  data(chunk: Buffer): void {
    if (this.hasEnded) return;
    const { call, scanner } = this;
    const pieces = joinPieces(scanner.push(chunk));
    if (call.firstTokenAt === 0 && scanner.hasContent) call.firstTokenAt = performance.now();
    if (scanner.done) this.complete(pieces);
    else for (const piece of pieces) this.write(piece);
  }

  end(): void {
    if (!this.hasEnded) this.complete([]);
  }

  fail({ outcome, problem }: CallFailure): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    const { call, scanner } = this;
    if (scanner.events === 0) return call.record(outcome, NOTHING_USED, () => call.tellProblem(problem));
    const { answer } = scanner.end();
    const cut = outcome === Outcome.OUTCOME_CLIENT_CUT ? outcome : Outcome.OUTCOME_PROVIDER_CUT;
    const usage = answer.usage ? meteredUsage(answer.usage) : this.estimate();
    call.record(cut, usage, () => this.finish([errorEvent(call.exchange.bodyOf(problem))]));
  }

  private complete(pieces: readonly Buffer[]): void {
    this.hasEnded = true;
    const { call, scanner } = this;
    const { forward, answer } = scanner.end();
    if (scanner.events === 0 && !scanner.done) {
      return call.record(Outcome.OUTCOME_FAILED, NOTHING_USED, () => call.tellProblem(providerGarbage(call.provider, 'an empty stream')));
    }
    // Some vendors leave out [DONE]; a finish reason or the usage shows as well that nothing is missing.
    const isWhole = answer.complete || answer.usage !== undefined || answer.finishReason !== undefined;
    const outcome = call.clientGone ? Outcome.OUTCOME_CLIENT_CUT : isWhole ? Outcome.OUTCOME_ANSWERED : Outcome.OUTCOME_PROVIDER_CUT;
    const last = [...joinPieces([...pieces, ...forward])];
    if (!isWhole) last.push(errorEvent(call.exchange.bodyOf(providerCut(call.provider))));
    call.record(outcome, answer.usage ? meteredUsage(answer.usage) : this.estimate(), () => this.finish(last));
  }

  private finish(pieces: readonly Buffer[]): void {
    this.begin();
    this.call.finish(pieces);
  }

  private write(piece: Buffer): void {
    this.begin();
    this.call.write(piece);
  }

  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.call.begin(this.headers, []);
  }

  /** Vendors send about a token an event. */
  private estimate(): MeteredUsage {
    return estimatedUsage(this.call.inputBytes, this.scanner.events);
  }
}

/** How clients of this dialect learn of an error in the midst of a stream. */
function errorEvent(body: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify(body)}\n\n`);
}
