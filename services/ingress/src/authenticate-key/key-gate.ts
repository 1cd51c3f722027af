import type { ApiKey, Organization } from '@tollgate/contracts';
import { parseApiKey } from '@tollgate/platform/api-key';
import type { Clock } from '@tollgate/platform/config';
import { hasScope, type Problem, type Scope } from '@tollgate/platform/http';
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { Directory } from '../directory/directory';
import { BoundedMap } from '../gateway/bounded-map';
import { keyInvalid, keyMalformed, operatorKey, organizationSuspended, scopeMissing } from '../gateway/problems';
import type { AccountsLink, KeyAnswer } from './accounts-link';

/** Who calls. */
export interface Identity {
  readonly key: ApiKey;
  readonly organization: Organization;
}

interface Remembered {
  readonly keyHash: string;
  readonly identity: Identity;
  /** Until when the key can't expire by itself. */
  readonly until: number;
  readonly version: number;
}

const REMEMBERED = 20_000;
/** How long a "no" of accounts is believed: a key may be created in the next moment. */
const REFUSED_MS = 2_000;
/** How long an answer of accounts stands against a directory that follows and doesn't know the key. */
const ANSWER_HOLDS_MS = 30_000;
/** While the directory does not follow, accounts is asked about each key in use this often. */
const RECHECK_MS = 4_000;

/**
 * Tells who a key belongs to: from the directory, and from accounts for a well-formed key that the directory doesn't know, once. What accounts answered is
 * remembered until the directory says otherwise. Keys themselves are never kept, only hashes of them.
 */
export class KeyGate {
  private readonly remembered = new BoundedMap<string, Remembered>(REMEMBERED);
  private readonly answers = new BoundedMap<string, { readonly answer: KeyAnswer; readonly at: number }>(REMEMBERED);
  private readonly refusals = new BoundedMap<string, { readonly problem: Problem; readonly at: number }>(REMEMBERED);
  private readonly asking = new Map<string, Promise<KeyAnswer>>();
  private readonly askedAt = new BoundedMap<string, number>(REMEMBERED);
  private readonly pepper: KeyObject;

  constructor(
    private readonly directory: Directory,
    private readonly accounts: AccountsLink,
    private readonly clock: Clock,
    pepper: string,
  ) {
    this.pepper = createSecretKey(Buffer.from(pepper));
  }

  /** At once for a key that is known, else when accounts has answered. @throws Problem, or a promise that does. */
  identify(keyText: string): Identity | Promise<Identity> {
    const digest = hash('sha256', keyText, 'base64');
    const known = this.remembered.get(digest);
    const now = this.clock.now();
    if (known && known.version === this.directory.version && now < known.until) {
      if (!this.directory.live) this.recheck(known.keyHash, now);
      return known.identity;
    }
    if (parseApiKey(keyText) === null) throw keyMalformed();
    const keyHash = createHmac('sha256', this.pepper).update(keyText).digest('hex');
    const answer = this.lookUp(keyHash, now);
    if (answer) return this.admit(digest, keyHash, answer, now);
    return this.ask(keyHash).then((asked) => this.admit(digest, keyHash, asked, this.clock.now()));
  }

  private lookUp(keyHash: string, now: number): KeyAnswer | undefined {
    const key = this.directory.keys.find(keyHash);
    const refused = this.refusals.get(keyHash);
    if (refused && (key ? !this.directory.live : now - refused.at < REFUSED_MS)) throw refused.problem;
    const organization = key && this.directory.organization(key.organizationId);
    if (key && (organization || key.organizationId === '')) return { key, organization: organization ?? null };
    const answered = this.answers.get(keyHash);
    // A directory that follows has had time to learn of the key; that it still doesn't know it may mean that it is gone.
    return answered && !(this.directory.live && now - answered.at > ANSWER_HOLDS_MS) ? answered.answer : undefined;
  }

  private admit(digest: string, keyHash: string, { key, organization }: KeyAnswer, now: number): Identity {
    const until = validUntil(key, keyHash, now);
    if (!organization) throw operatorKey();
    if (organization.status === 'suspended') throw organizationSuspended();
    const identity = { key, organization };
    this.remembered.set(digest, { keyHash, identity, until, version: this.directory.version });
    return identity;
  }

  private ask(keyHash: string): Promise<KeyAnswer> {
    const pending = this.asking.get(keyHash);
    if (pending) return pending;
    this.askedAt.set(keyHash, this.clock.now());
    const asked = this.accounts
      .authenticate(keyHash)
      .then((answer) => {
        this.answers.set(keyHash, { answer, at: this.clock.now() });
        this.refusals.delete(keyHash);
        return answer;
      })
      .catch((problem: Problem) => {
        if (problem.status === 401) {
          this.refusals.set(keyHash, { problem, at: this.clock.now() });
          this.answers.delete(keyHash);
          this.remembered.clear();
        }
        throw problem;
      })
      .finally(() => this.asking.delete(keyHash));
    this.asking.set(keyHash, asked);
    return asked;
  }

  /** In the background: until there is an answer, what was known holds. */
  private recheck(keyHash: string, now: number): void {
    if (now - (this.askedAt.get(keyHash) ?? 0) < RECHECK_MS) return;
    this.ask(keyHash).catch(() => undefined);
  }
}

/** @throws Problem when the key does not allow it. */
export function requireScope({ key }: Identity, scope: Scope): void {
  const { scopes } = key;
  if (scopes.includes(scope)) return;
  const caller = { organizationId: null, keyId: '', scopes: scopes as Scope[], operator: false, project: null };
  if (!hasScope(caller, scope)) throw scopeMissing(scope);
}

/** Until when the key is valid, epoch milliseconds. @throws Problem when it is not valid now. */
function validUntil(key: ApiKey, keyHash: string, now: number): number {
  if (key.status === 'revoked') throw keyInvalid('revoked');
  const expires = key.expiresAt === '' ? Number.POSITIVE_INFINITY : Date.parse(key.expiresAt);
  if (now >= expires) throw keyInvalid('expired');
  if (keyHash === key.hash) return expires;
  const replaced = key.previousHashExpiresAt === '' ? 0 : Date.parse(key.previousHashExpiresAt);
  if (now >= replaced) throw keyInvalid('replaced');
  return Math.min(expires, replaced);
}
