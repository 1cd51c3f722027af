import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { parseApiKey } from '@tollgate/platform/api-key';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { httpJson, HttpJsonError, serviceToken, unavailable, type Problem } from '@tollgate/platform/http';
import { CONSOLE_CONFIG, type ConsoleConfig } from '../console.config';
import { keyInvalid, keyMalformed, keyMissing } from './credential-problems';
import type { KnownKey } from './known-key';
import { RecentAnswers } from './recent-answers';

/** A revocation may take this long to be noticed here. */
const FRESH_MS = 2_000;
const CAPACITY = 10_000;
/** More questions at a time would only queue: whoever invents keys must not take accounts down. */
const MAX_QUESTIONS = 64;

type Verdict = { key: KnownKey } | { problem: Problem };

/**
 * Says whose key a request carries. The key's form and checksum are looked at first; then accounts is asked, and its answer, yes or no, holds for two
 * seconds. When accounts is silent the answer is 503: a key is never called invalid for that.
 */
@Injectable()
export class CallerAuthenticator {
  readonly #recent = new RecentAnswers<Verdict>(FRESH_MS, CAPACITY);
  #questions = 0;

  constructor(
    @Inject(CONSOLE_CONFIG) private readonly config: ConsoleConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The key of an Authorization header. Throws a 401 that says what is wrong, or a 503. */
  async authenticate(authorization: string | undefined): Promise<KnownKey> {
    const text = bearerOf(authorization);
    if (parseApiKey(text) === null) throw keyMalformed();
    // The map holds digests, so that a key is in this memory no longer than its request.
    const digest = createHash('sha256').update(text).digest('base64');
    const verdict = await this.#recent.get(digest, this.clock.now(), () => this.#ask(text));
    if ('problem' in verdict) throw verdict.problem;
    return verdict.key;
  }

  async #ask(key: string): Promise<Verdict> {
    if (this.#questions >= MAX_QUESTIONS) throw unavailable('Too many unknown keys are being checked at the moment.');
    this.#questions += 1;
    try {
      const token = await serviceToken('console', this.config.TOLLGATE_INTERNAL_SECRET, this.clock.now());
      const options = { method: 'POST', body: { key }, token, timeoutMs: 3_000 } as const;
      return { key: await httpJson<KnownKey>(this.config.TOLLGATE_ACCOUNTS_URL, '/internal/keys/authenticate', options) };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) return { problem: refusal };
      throw unavailable('The service that knows the keys does not answer at the moment.');
    } finally {
      this.#questions -= 1;
    }
  }
}

function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') throw keyMissing('The request carries no key.');
  const match = /^Bearer +(\S+) *$/i.exec(authorization);
  if (!match) throw keyMissing('The Authorization header does not hold a bearer key.');
  return match[1] as string;
}

/** Only accounts' own "no such key" is a no; an error of any other kind says nothing about the key. */
function refusalOf(error: unknown): Problem | undefined {
  if (!(error instanceof HttpJsonError) || error.status !== 404) return undefined;
  const { code, detail } = (error.body ?? {}) as { code?: unknown; detail?: unknown };
  if (typeof code !== 'string' || !code.startsWith('key_')) return undefined;
  return keyInvalid(code, typeof detail === 'string' ? detail : 'The key is not valid.');
}
