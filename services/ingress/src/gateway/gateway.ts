import { type Clock } from '@tollgate/platform/config';
import { Problem } from '@tollgate/platform/http';
import type { Logger } from '@tollgate/platform/observability';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bearerKey } from '../authenticate-key/bearer-key';
import { type Identity, type KeyGate, requireScope } from '../authenticate-key/key-gate';
import type { AnswerCall } from '../call-provider/answer-call';
import type { Operation } from '../call-provider/upstream';
import type { Directory } from '../directory/directory';
import type { ModelLister } from '../list-models/list-models';
import type { ReportUsage } from '../report-usage/report-usage';
import { type Dialect, Exchange } from './exchange';
import { newId } from './new-id';
import { keyMalformed, keyMissing, methodNotAllowed, modelUnknown, noSuchPath, unavailableNow } from './problems';
import { readBody } from './read-body';
import { unexpected, whenKnown } from './when-known';

/** What is counted of requests that did not become calls. */
export interface GatewayMetrics {
  onProblem(code: string): void;
}

const MODELS = '/v1/models/';

/** The public HTTP surface: tells what a request wants, who sends it, and hands it on. */
export class Gateway {
  constructor(
    private readonly directory: Directory,
    private readonly keys: KeyGate,
    private readonly answerCall: AnswerCall,
    private readonly reportUsage: ReportUsage,
    private readonly models: ModelLister,
    private readonly clock: Clock,
    private readonly bodyLimit: number,
    private readonly metrics: GatewayMetrics,
    private readonly logger: Logger,
  ) {}

  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    const url = req.url!;
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    const dialect: Dialect = path === '/v1/usage/events' ? 'problem' : 'openai';
    const exchange = new Exchange(req, res, newId(this.clock.now()), dialect, this.onProblem);
    try {
      this.route(exchange, req.method!, path);
    } catch (error) {
      exchange.fail(asProblem(error));
    }
  };

  private route(exchange: Exchange, method: string, path: string): void {
    switch (path) {
      case '/v1/chat/completions':
        return this.call(exchange, method, 'chat');
      case '/v1/embeddings':
        return this.call(exchange, method, 'embeddings');
      case '/v1/usage/events':
        if (method !== 'POST') throw methodNotAllowed(method, 'POST');
        return this.identify(exchange, (identity) => {
          requireScope(identity, 'usage:write');
          this.withBody(exchange, (body) => this.reportUsage.handle(exchange, identity, body));
        });
      case '/v1/models':
        return this.listModels(exchange, method, null);
      default:
        if (path.startsWith(MODELS)) return this.listModels(exchange, method, decodePath(path.slice(MODELS.length)));
        throw noSuchPath(method, path);
    }
  }

  private call(exchange: Exchange, method: string, operation: Operation): void {
    if (method !== 'POST') throw methodNotAllowed(method, 'POST');
    this.identify(exchange, (identity) => {
      requireScope(identity, 'inference');
      this.withBody(exchange, (body) => this.answerCall.handle(exchange, identity, operation, body));
    });
  }

  private listModels(exchange: Exchange, method: string, id: string | null): void {
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(method, 'GET');
    this.identify(exchange, (identity) => {
      requireScope(identity, 'inference');
      const list = this.models.list(identity.organization);
      if (id === null) return exchange.sendJson(200, { object: 'list', data: [...list.values()] });
      const model = list.get(id);
      if (!model) throw modelUnknown(id, 'is not one that this key may use.');
      exchange.sendJson(200, model);
    });
  }

  private identify(exchange: Exchange, next: (identity: Identity) => void): void {
    if (!this.directory.ready) throw unavailableNow('This process is still learning which keys and models there are.');
    const key = bearerKey(exchange.req.headers);
    if (key === undefined || key === '') throw keyMissing();
    if (key === null) throw keyMalformed();
    whenKnown(this.keys.identify(key), next, (problem) => exchange.fail(problem));
  }

  private withBody(exchange: Exchange, next: (body: Buffer) => void): void {
    const onBody = (body: Buffer) => {
      try {
        next(body);
      } catch (error) {
        exchange.fail(asProblem(error));
      }
    };
    readBody(exchange.req, this.bodyLimit, onBody, (problem) => exchange.fail(problem));
  }

  private readonly onProblem = (problem: Problem): void => {
    this.metrics.onProblem(problem.code);
    if (problem.status === 500) this.logger.error({ err: problem.cause }, 'a request failed for a reason of ours');
  };
}

function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : unexpected(error);
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
