import { Outcome } from '@tollgate/contracts';
import { readOpenAiAnswer } from '@tollgate/providers';
import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, estimatedUsage, meteredUsage, NOTHING_USED } from './answer';
import type { CallFailure } from './call-failure';
import { decodedBody } from './decoded-body';
import { LargeAnswer } from './large-answer';
import type { ProviderCall } from './provider-call';
import { providerGarbage } from './provider-problems';

/** Up to this size an answer is held until it is complete, so that it can be judged, priced, and told its price in a header. */
const HELD_BYTES = 4 * 1024 * 1024;

/** A plain answer: held until it is complete, then recorded, then passed on as it came. */
export class PlainAnswer implements Answer {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly call: ProviderCall,
    private readonly headers: IncomingHttpHeaders,
  ) {}

  data(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes > HELD_BYTES) this.call.continueWith(new LargeAnswer(this.call, this.headers, this.chunks));
  }

  end(): void {
    const { call } = this;
    const body = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks, this.bytes);
    const answer = readOpenAiAnswer(decodedBody(body, this.headers['content-encoding']), call.provider);
    if (!answer.complete) {
      const what = body.length === 0 ? 'nothing' : 'something that is no JSON object';
      return call.record(Outcome.OUTCOME_FAILED, NOTHING_USED, () => call.tellProblem(providerGarbage(call.provider, what)));
    }
    const usage = answer.usage ? meteredUsage(answer.usage) : estimatedUsage(call.inputBytes, outputTokensOf(body, call));
    const outcome = call.clientGone ? Outcome.OUTCOME_CLIENT_CUT : Outcome.OUTCOME_ANSWERED;
    call.record(outcome, usage, (cost) => call.send(this.headers, cost, body));
  }

  fail({ outcome, problem }: CallFailure): void {
    this.call.record(outcome, NOTHING_USED, () => this.call.tellProblem(problem));
  }
}

/** Of an answer without usage: a token for four bytes of it. */
function outputTokensOf(body: Buffer, call: ProviderCall): number {
  return call.route.operation === 'embeddings' ? 0 : Math.ceil(body.length / 4);
}
