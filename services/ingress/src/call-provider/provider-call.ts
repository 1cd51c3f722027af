import { type GrantUse, Outcome } from '@tollgate/contracts';
import type { Problem } from '@tollgate/platform/http';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Exchange } from '../gateway/exchange';
import { spoolUnusable } from '../gateway/problems';
import type { Hold } from '../hold-budget/hold';
import type { SpoolWriteError } from '../spool/segment-files';
import type { AcceptedCall } from '../spool/usage-codec';
import { type Answer, estimatedUsage, type MeteredUsage, NOTHING_USED } from './answer';
import { passedHeaders } from './answer-headers';
import { CallEnded, callFailure, type EndReason } from './call-failure';
import type { CallEnvironment } from './call-environment';
import type { CallRoute } from './call-route';
import { PlainAnswer } from './plain-answer';
import { RefusedAnswer } from './refused-answer';
import { StreamedAnswer } from './streamed-answer';

const NO_GRANTS: readonly GrantUse[] = [];
/** How long, and how much, is still read of an answer whose client is gone, to learn what it cost. */
const DRAIN_MS = 60_000;
const DRAIN_BYTES = 16 * 1024 * 1024;
/** A client that takes nothing for so long is gone. */
const STALLED_MS = 60_000;

/** One attempt to have a provider answer a call: from the intent in the spool to the one record that every attempt leaves. */
export class ProviderCall implements Dispatcher.DispatchHandler {
  status = 0;
  /** The client went away before it had its answer. */
  clientGone = false;
  /** When content first arrived, on the clock of `performance.now()`; 0 before. */
  firstTokenAt = 0;
  private controller: Dispatcher.DispatchController | null = null;
  private answer: Answer | null = null;
  private wasSent = false;
  private isAccepted = false;
  private isHeld = false;
  private isRecorded = false;
  private endReason: EndReason | null = null;
  private readonly startedAt = performance.now();
  private deadline: number;
  private stalledSince = 0;
  private drainedBytes = 0;

  constructor(
    private readonly environment: CallEnvironment,
    readonly exchange: Exchange,
    readonly route: CallRoute,
    private readonly accepted: AcceptedCall,
    private readonly hold: Hold | null,
    private readonly dropsUsageChunk: boolean,
    /** The output bound that was put into the request, for the sake of a hard limit. */
    private readonly boundOutputTokens: number | undefined,
  ) {
    this.deadline = this.startedAt + environment.limits.totalMs;
  }

  get provider(): string {
    return this.route.target.provider;
  }

  get inputBytes(): number {
    return this.accepted.inputBytes;
  }

  /** Numbers the call and sends it. The connection is asked for at once; nothing leaves on it before the intent is written. */
  start(body: Buffer): void {
    const { environment, route, exchange } = this;
    environment.inFlight.add(this);
    environment.spool.accept(this.accepted, this.onAccepted);
    exchange.res.on('close', this.onClose);
    const { origin, path, headers } = route.upstream;
    const { firstByteMs, idleMs } = environment.limits;
    const sent = [...headers, 'x-tollgate-attempt-id', this.accepted.eventId];
    environment.agent.dispatch(
      { origin, path, method: 'POST', headers: sent, body, headersTimeout: firstByteMs, bodyTimeout: idleMs },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (!this.isAccepted) this.environment.spool.flushNow();
    if (this.endReason) return controller.abort(new CallEnded(this.endReason));
    if (this.isHeld) this.environment.spool.sent(this.accepted);
    this.wasSent = true;
  }

  /** If the call still waits for a connection, the spool is told so: it has not left. */
  noteIfHeld(): void {
    if (this.controller || this.isRecorded) return;
    this.isHeld = true;
    this.environment.spool.held(this.accepted);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.status = status;
    this.environment.spool.firstByte(this.accepted);
    if (status >= 300) this.answer = new RefusedAnswer(this, headers);
    else if (headers['content-type']?.startsWith('text/event-stream'))
      this.answer = new StreamedAnswer(this, headers, this.dropsUsageChunk);
    else this.answer = new PlainAnswer(this, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.answer!.data(chunk);
    if (this.clientGone && (this.drainedBytes += chunk.length) > DRAIN_BYTES) this.end('client_gone');
  }

  onResponseEnd(): void {
    this.answer!.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.isRecorded) return;
    const failure = callFailure(error, this.provider, this.wasSent);
    if (this.answer) return this.answer.fail(failure);
    // The provider has the request, and will bill it, but nobody waits for the answer any more.
    const isAbandoned = failure.outcome === Outcome.OUTCOME_CLIENT_CUT;
    this.record(failure.outcome, isAbandoned ? estimatedUsage(this.inputBytes, 0) : NOTHING_USED, () => this.tellProblem(failure.problem));
  }

  /** Ends the call as it is; its failure is told and recorded before this returns. */
  end(reason: EndReason): void {
    if (this.isRecorded) return;
    this.endReason = reason;
    const ended = new CallEnded(reason);
    if (this.controller) this.controller.abort(ended);
    this.onResponseError(this.controller, ended);
  }

  /** Looks whether the call's time is over. */
  checkTime(now: number): void {
    if (now > this.deadline) this.end(this.clientGone ? 'client_gone' : 'total_timeout');
    else if (this.stalledSince > 0 && now - this.stalledSince > STALLED_MS) this.exchange.res.destroy();
  }

  /** Writes the call's one record, then goes on with what the call cost, or null where that is not known. Only then may the answer end. */
  record(outcome: Outcome, usage: MeteredUsage, next: (cost: string | null) => void): void {
    if (this.isRecorded) return;
    this.isRecorded = true;
    const { environment, route, accepted, hold } = this;
    environment.inFlight.delete(this);
    const now = performance.now();
    const cost = route.pricer.total(usage.quantities, usage.attributes, environment.clock.now());
    const latencyMs = Math.round(now - this.startedAt);
    const end = {
      outcome,
      quantities: usage.quantities,
      attributes: usage.attributes,
      estimated: usage.estimated,
      latencyMs,
      timeToFirstTokenMs: this.firstTokenAt === 0 ? 0 : Math.max(1, Math.round(this.firstTokenAt - this.startedAt)),
      status: this.status,
      grants: hold ? hold.settle(cost) : NO_GRANTS,
    };
    environment.metrics.onCall(this.provider, outcome, latencyMs);
    environment.finish(
      accepted,
      end,
      () => next(cost),
      () => this.exchange.res.destroy(),
    );
  }

  /** From here on another kind of answer takes what comes. */
  continueWith(answer: Answer): void {
    this.answer = answer;
  }

  /** Answers with the provider's whole body. */
  send(headers: IncomingHttpHeaders, cost: string | null, body: Buffer): void {
    const passed = passedHeaders(headers);
    if (cost !== null) passed.push('x-tollgate-cost', cost, 'x-tollgate-currency', this.route.pricer.currency);
    this.addOwnHeaders(passed);
    this.exchange.send(this.status, passed, body);
  }

  tellProblem(problem: Problem, extraHeaders: readonly string[] = []): void {
    if (this.clientGone) return;
    const headers = [...extraHeaders];
    this.addOwnHeaders(headers);
    this.exchange.fail(problem, headers);
  }

  /** Begins an answer that is passed on piece by piece. */
  begin(headers: IncomingHttpHeaders, extraHeaders: readonly string[]): void {
    const { res, requestId } = this.exchange;
    if (this.clientGone || res.headersSent) return;
    const passed = passedHeaders(headers);
    passed.push(...extraHeaders, 'x-tollgate-request-id', requestId);
    this.addOwnHeaders(passed);
    res.writeHead(this.status, passed);
  }

  /** Passes a piece on; the provider is not read further than the client takes. */
  write(piece: Buffer): void {
    if (this.clientGone || this.exchange.res.write(piece) || this.stalledSince > 0) return;
    this.stalledSince = performance.now();
    this.controller?.pause();
    this.exchange.res.once('drain', this.onDrain);
  }

  /** Passes the last pieces on and ends the answer. The call must be recorded. */
  finish(pieces: readonly Buffer[]): void {
    const { res } = this.exchange;
    if (this.clientGone) return;
    for (let index = 0; index < pieces.length - 1; index += 1) res.write(pieces[index]);
    res.end(pieces.at(-1));
  }

  private addOwnHeaders(headers: string[]): void {
    headers.push('x-tollgate-provider', this.provider, 'x-tollgate-model', this.route.facts.model, 'x-tollgate-attempts', '1');
    if (this.boundOutputTokens !== undefined) headers.push('x-tollgate-max-output-tokens', String(this.boundOutputTokens));
  }

  private readonly onAccepted = (error: SpoolWriteError | null) => {
    this.isAccepted = true;
    if (!error) return this.environment.watchStart(this);
    // Without a number there is no record to write, and nothing may leave.
    this.environment.inFlight.delete(this);
    this.endReason ??= 'not_accepted';
    if (this.isRecorded) return;
    this.isRecorded = true;
    this.hold?.release();
    this.tellProblem(spoolUnusable());
  };

  private readonly onDrain = () => {
    this.stalledSince = 0;
    this.controller?.resume();
  };

  private readonly onClose = () => {
    this.clientGone = true;
    if (this.isRecorded) return;
    if (!this.wasSent) return this.end('client_gone');
    this.deadline = Math.min(this.deadline, performance.now() + DRAIN_MS);
    this.onDrain();
  };
}
