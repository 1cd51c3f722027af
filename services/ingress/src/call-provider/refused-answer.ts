import { Outcome } from '@tollgate/contracts';
import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, NOTHING_USED } from './answer';
import type { CallFailure } from './call-failure';
import type { ProviderCall } from './provider-call';
import { providerError, providerGarbage, providerRefusedKey } from './provider-problems';

const MAX_ERROR_BYTES = 1024 * 1024;

/** An answer that is no success: passed on as it came when it is in the dialect, else told in it. Nobody is charged for it. */
export class RefusedAnswer implements Answer {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly call: ProviderCall,
    private readonly headers: IncomingHttpHeaders,
  ) {}

  data(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes <= MAX_ERROR_BYTES) this.chunks.push(chunk);
  }

  end(): void {
    const { status } = this.call;
    const outcome = status >= 400 && status < 500 ? Outcome.OUTCOME_REFUSED : Outcome.OUTCOME_FAILED;
    this.call.record(outcome, NOTHING_USED, () => this.tell(status));
  }

  fail({ outcome, problem }: CallFailure): void {
    this.call.record(outcome, NOTHING_USED, () => this.call.tellProblem(problem));
  }

  private tell(status: number): void {
    const { call } = this;
    const body = Buffer.concat(this.chunks);
    if (status < 400) call.tellProblem(providerGarbage(call.provider, `the status ${status}`));
    else if (status === 401) call.tellProblem(providerRefusedKey(call.provider));
    else if (this.bytes <= MAX_ERROR_BYTES && isJsonObject(body)) call.send(this.headers, null, body);
    else call.tellProblem(providerError(call.provider, status), retryAfter(this.headers));
  }
}

function isJsonObject(body: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

function retryAfter(headers: IncomingHttpHeaders): string[] {
  const after = headers['retry-after'];
  return after === undefined ? [] : ['retry-after', after];
}
