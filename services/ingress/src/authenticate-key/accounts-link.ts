import type { ApiKey, Organization } from '@tollgate/contracts';
import type { Clock } from '@tollgate/platform/config';
import { httpJson, HttpJsonError, type Problem, serviceToken } from '@tollgate/platform/http';
import { keyInvalid, unavailableNow } from '../gateway/problems';

/** A key with its organisation, in the words of the directory; null for an operator's own key. */
export interface KeyAnswer {
  readonly key: ApiKey;
  readonly organization: Organization | null;
}

/** What ingress asks accounts when its views don't know (yet). */
export interface AccountsLink {
  /** @throws Problem 401 when accounts says that the key is not valid, 503 when it says nothing. */
  authenticate(hash: string): Promise<KeyAnswer>;
  /** Whether the project exists and is in use. @throws Problem 503 when accounts says nothing. */
  hasProject(organizationId: string, slug: string): Promise<boolean>;
}

const TIMEOUT_MS = 2_000;
const TOKEN_LIFE_MS = 40_000;
/** More questions at a time would only queue: whoever invents keys must not take accounts down. */
const MAX_QUESTIONS = 64;
const REASONS = { key_revoked: 'revoked', key_expired: 'expired', key_replaced: 'replaced' } as const;

/** Asks accounts by its internal routes. */
export class HttpAccountsLink implements AccountsLink {
  private token: { readonly text: Promise<string>; readonly until: number } | null = null;
  private questions = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly secret: string,
    private readonly clock: Clock,
  ) {}

  async authenticate(hash: string): Promise<KeyAnswer> {
    try {
      const answer = await this.ask<Omit<ApiKey, 'organizationId'> & { organizationId: string | null; organization: Organization | null }>(
        '/internal/keys/authenticate',
        { hash },
      );
      const { organization, organizationId, ...key } = answer;
      return { key: { ...key, organizationId: organizationId ?? '' }, organization };
    } catch (error) {
      throw isNotFound(error) ? keyInvalid(reasonOf(error)) : accountsAway(error, 'The key');
    }
  }

  async hasProject(organizationId: string, slug: string): Promise<boolean> {
    try {
      const path = `/internal/organizations/${encodeURIComponent(organizationId)}/projects/${encodeURIComponent(slug)}`;
      const project = await this.ask<{ status?: string }>(path);
      return project.status !== 'archived';
    } catch (error) {
      if (isNotFound(error) || (error instanceof HttpJsonError && error.status === 400)) return false;
      throw accountsAway(error, 'The project');
    }
  }

  private async ask<T>(path: string, body?: object): Promise<T> {
    if (this.questions >= MAX_QUESTIONS) throw new HttpJsonError('too many questions at a time', 0, undefined);
    this.questions += 1;
    try {
      const token = await this.currentToken();
      return await httpJson<T>(this.urls, path, { method: body ? 'POST' : 'GET', body, token, timeoutMs: TIMEOUT_MS, rounds: 1 });
    } finally {
      this.questions -= 1;
    }
  }

  private currentToken(): Promise<string> {
    const now = this.clock.now();
    if (!this.token || this.token.until < now) this.token = { text: serviceToken('ingress', this.secret, now), until: now + TOKEN_LIFE_MS };
    return this.token.text;
  }
}

function isNotFound(error: unknown): error is HttpJsonError {
  return error instanceof HttpJsonError && error.status === 404;
}

function reasonOf(error: HttpJsonError) {
  const code = (error.body as { code?: unknown } | undefined)?.code;
  return REASONS[code as keyof typeof REASONS] ?? 'unknown';
}

function accountsAway(error: unknown, what: string): Problem {
  if (!(error instanceof HttpJsonError)) throw error;
  return unavailableNow(`${what} is not known here yet, and the service that knows does not answer.`);
}
