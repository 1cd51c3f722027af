import { JsonScanError, type OpenAiRequest, prepareOpenAiRequest, readOpenAiRequest, RequestShapeError } from '@tollgate/providers';
import { isUtf8 } from 'node:buffer';
import type { Identity } from '../authenticate-key/key-gate';
import type { Exchange } from '../gateway/exchange';
import { newId } from '../gateway/new-id';
import { bodyMalformed, modelMissing, spoolUnusable } from '../gateway/problems';
import { whenKnown } from '../gateway/when-known';
import type { BudgetHolder, BudgetedCall } from '../hold-budget/budget-holder';
import type { DiskRoom } from '../spool/disk-room';
import type { AcceptedCall } from '../spool/usage-codec';
import { isTagMember } from '../tag-call/tags';
import type { CallEnvironment } from './call-environment';
import type { CallRoute, RouteTable } from './call-route';
import { ProviderCall } from './provider-call';
import type { Operation } from './upstream';

/** Takes a call from its body to its dispatch. Everything that it needs is in memory, so as a rule nothing is waited for. */
export class AnswerCall {
  constructor(
    private readonly routes: RouteTable,
    private readonly budgets: BudgetHolder,
    private readonly room: Pick<DiskRoom, 'refusal'>,
    private readonly environment: CallEnvironment,
  ) {}

  /** @throws Problem for what is wrong with the call; what is found out later is answered on the exchange. */
  handle(exchange: Exchange, identity: Identity, operation: Operation, body: Buffer): void {
    if (this.room.refusal !== null) throw spoolUnusable();
    const request = readRequest(body);
    const { model, stream, metadata } = request;
    if (model === undefined || model === '') throw modelMissing();
    const wish = {
      operation,
      model,
      stream: stream && operation === 'chat',
      metadata,
      tagsHeader: exchange.req.headers['x-tollgate-tags'],
    };
    whenKnown(
      this.routes.find(identity, wish),
      (route) => this.hold(exchange, route, request),
      (problem) => exchange.fail(problem),
    );
  }

  private hold(exchange: Exchange, route: CallRoute, request: OpenAiRequest): void {
    if (route.hardBudgets.length === 0) return this.dispatch(exchange, route, request, { hold: null, maxOutputTokens: undefined });
    whenKnown(
      this.budgets.hold(route, request),
      (budgeted) => this.dispatch(exchange, route, request, budgeted),
      (problem) => exchange.fail(problem),
    );
  }

  private dispatch(exchange: Exchange, route: CallRoute, request: OpenAiRequest, { hold, maxOutputTokens }: BudgetedCall): void {
    if (exchange.res.destroyed) {
      hold?.release();
      return;
    }
    const { provider, model } = route.target;
    const bound = maxOutputTokens === undefined ? {} : { maxOutputTokens };
    const body = prepareOpenAiRequest(request, { provider, model, isOurTag: isTagMember, ...bound });
    const accepted: AcceptedCall = {
      sequence: 0,
      eventId: newId(this.environment.clock.now()),
      requestId: exchange.requestId,
      attempt: 1,
      acceptedAt: '',
      facts: route.encodedFacts,
      inputBytes: request.body.length,
      outputBound: (maxOutputTokens ?? request.maxOutputTokens ?? 0) * request.n,
      grants: hold ? hold.grants : [],
    };
    new ProviderCall(this.environment, exchange, route, accepted, hold, !request.includesUsage, maxOutputTokens).start(body);
  }
}

/** @throws Problem 400. */
function readRequest(body: Buffer): OpenAiRequest {
  if (body.length === 0) throw bodyMalformed('The request has no body.');
  if (!isUtf8(body)) throw bodyMalformed('The body is not UTF-8.');
  try {
    return readOpenAiRequest(body);
  } catch (error) {
    if (error instanceof JsonScanError) throw bodyMalformed(`The body is not a JSON object: ${error.message}.`);
    if (error instanceof RequestShapeError) throw bodyMalformed(`${error.message}.`, error.member);
    throw error;
  }
}
