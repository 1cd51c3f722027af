import { Outcome } from '@tollgate/contracts';
import { AddressRefusedError, type Problem } from '@tollgate/platform/http';
import { spoolUnusable } from '../gateway/problems';
import { SpoolWriteError } from '../spool/segment-files';
import { providerCut, providerGarbage, providerTimeout, providerUnreachable, shuttingDown } from './provider-problems';

/** Why we ended a call ourselves. */
export type EndReason = 'total_timeout' | 'client_gone' | 'shutdown' | 'not_accepted';

/** What a call is aborted with. */
export class CallEnded extends Error {
  constructor(readonly reason: EndReason) {
    super(`the call was ended: ${reason}`);
    this.name = 'CallEnded';
  }
}

export interface CallFailure {
  readonly outcome: Outcome;
  /** For the client, if it is still there. */
  readonly problem: Problem;
}

/** Says what an error of a call means for its record and for its client. */
export function callFailure(error: Error, provider: string, wasSent: boolean): CallFailure {
  const code = String((error as { code?: unknown }).code ?? '');
  const failure = failureOf(error, code, provider);
  // What was never sent costs nothing, whatever kept it from being sent.
  return wasSent ? failure : { ...failure, outcome: Outcome.OUTCOME_NOT_SENT };
}

function failureOf(error: Error, code: string, provider: string): CallFailure {
  if (error instanceof CallEnded) return endedByUs(error.reason, provider);
  if (error instanceof SpoolWriteError) return failed(spoolUnusable());
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return timedOut(providerTimeout(provider, 'did not begin to answer in time'));
  if (code === 'UND_ERR_BODY_TIMEOUT') return timedOut(providerTimeout(provider, 'paused for too long within its answer'));
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return failed(providerUnreachable(provider, 'it did not accept one in time'));
  if (error.name === 'HTTPParserError' || code.startsWith('UND_ERR_HEADERS') || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return failed(providerGarbage(provider, 'something that is not HTTP'));
  }
  if (error instanceof AddressRefusedError)
    return failed(providerUnreachable(provider, 'its address is inside the network and not allowed'));
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET' || code === 'UND_ERR_ABORTED')
    return failed(providerCut(provider));
  return failed(providerUnreachable(provider, reasonOf(code)));
}

function endedByUs(reason: EndReason, provider: string): CallFailure {
  if (reason === 'client_gone') return { outcome: Outcome.OUTCOME_CLIENT_CUT, problem: shuttingDown() };
  if (reason === 'shutdown') return failed(shuttingDown());
  if (reason === 'not_accepted') return failed(spoolUnusable());
  return timedOut(providerTimeout(provider, 'did not finish its answer in time'));
}

function failed(problem: Problem): CallFailure {
  return { outcome: Outcome.OUTCOME_FAILED, problem };
}

function timedOut(problem: Problem): CallFailure {
  return { outcome: Outcome.OUTCOME_TIMED_OUT, problem };
}

function reasonOf(code: string): string {
  if (code === 'ECONNREFUSED') return 'it refuses connections';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name does not resolve';
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return 'its certificate is not trusted';
  return code === '' ? 'it failed' : code;
}
