import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { httpJson } from '@tollgate/platform/http';
import { createLogger } from '@tollgate/platform/observability';
import { CONSOLE_CONFIG, FORWARDED_SERVICES, urlsOf, type ConsoleConfig } from '../console.config';
import { mergeDocuments, type NamedDocument } from './merge-documents';
import type { OpenApiDocument } from './open-api';
import { OwnDocument } from './own-document';

const COMPLETE_MS = 60_000;
const DEGRADED_MS = 3_000;
const ASK_MS = 3_000;
const DESCRIPTION =
  'One API key in front of every AI provider. Errors are application/problem+json (RFC 9457) and say what to do. Amounts and quantities are decimal strings, times RFC 3339, periods half-open. Lists take `cursor` and `limit`. Every POST that creates takes an `Idempotency-Key`.';

/** The merged document and the services that it is missing, or knows from before they went away. */
export interface ApiDocument {
  readonly document: OpenApiDocument;
  readonly missing: readonly string[];
  readonly stale: readonly string[];
}

/**
 * The one OpenAPI document, out of those of the services and of ingress. It is kept for a minute; a service that does not answer is shown as it was when
 * it last did, and is asked again after three seconds.
 */
@Injectable()
export class ApiDocuments {
  readonly #logger = createLogger('api-document');
  readonly #last = new Map<string, OpenApiDocument>();
  #kept: { answer: Promise<ApiDocument>; until: number } | undefined;

  constructor(
    private readonly own: OwnDocument,
    @Inject(CONSOLE_CONFIG) private readonly config: ConsoleConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  current(): Promise<ApiDocument> {
    const now = this.clock.now();
    if (this.#kept && now < this.#kept.until) return this.#kept.answer;
    const answer = this.#merge();
    // While the services are asked, everybody waits for the same answer.
    const kept = { answer, until: now + COMPLETE_MS };
    this.#kept = kept;
    void answer.then(({ missing, stale }) => {
      if (missing.length + stale.length > 0) kept.until = this.clock.now() + DEGRADED_MS;
    });
    return answer;
  }

  async #merge(): Promise<ApiDocument> {
    const sources = [
      ...FORWARDED_SERVICES.map((service) => ({ service, urls: urlsOf(this.config, service), server: undefined })),
      { service: 'ingress', urls: this.config.TOLLGATE_INGRESS_OPERATIONS_URL, server: this.config.TOLLGATE_INGRESS_URL },
    ];
    const answered = await Promise.all(sources.map(async (source) => ({ ...source, fresh: await this.#ask(source.service, source.urls) })));
    const parts: NamedDocument[] = [{ service: 'console', document: this.own.document() }];
    for (const { service, server } of sources) {
      const document = this.#last.get(service);
      if (document) parts.push({ service, document, ...(server === undefined ? {} : { server }) });
    }
    const away = answered.filter(({ fresh }) => !fresh).map(({ service }) => service);
    const missing = away.filter((service) => !this.#last.has(service));
    const stale = away.filter((service) => this.#last.has(service));
    const note = missing.length === 0 ? '' : ` Incomplete at the moment: ${missing.join(', ')} did not answer.`;
    const document = mergeDocuments({ title: 'Tollgate', version: '1', description: DESCRIPTION + note }, parts);
    return { document: { ...document, 'x-degraded': missing }, missing, stale };
  }

  async #ask(service: string, urls: readonly string[]): Promise<boolean> {
    try {
      const document = await httpJson<OpenApiDocument>(urls, '/openapi.json', { timeoutMs: ASK_MS, rounds: 1 });
      if (typeof document?.paths !== 'object') throw new Error('the answer is no OpenAPI document');
      this.#last.set(service, document);
      return true;
    } catch (error) {
      this.#logger.warn({ err: error, service }, 'the OpenAPI document of a service is missing');
      return false;
    }
  }
}
