import type { Budget } from '@tollgate/contracts';
import type { Clock } from '@tollgate/platform/config';
import { scopeMatches } from '@tollgate/domain';
import type { Identity } from '../authenticate-key/key-gate';
import type { Directory } from '../directory/directory';
import { BoundedMap } from '../gateway/bounded-map';
import { CallPricer } from '../price-call/call-pricer';
import { type ModelTarget, resolveModel } from '../resolve-model/model-resolver';
import { type CallFacts, encodeCallFacts } from '../spool/usage-codec';
import type { TagRules } from '../tag-call/tag-rules';
import { parseTagsHeader, type Tags, tagsOfMetadata } from '../tag-call/tags';
import { type Operation, type Upstream, upstreamOf } from './upstream';

/** All that is known of a call before its content: the same for every call of the key to the model with the same tags. */
export interface CallRoute {
  readonly identity: Identity;
  readonly operation: Operation;
  readonly target: ModelTarget;
  readonly upstream: Upstream;
  readonly facts: CallFacts;
  /** The facts as they go into the spool. */
  readonly encodedFacts: Buffer;
  readonly pricer: CallPricer;
  /** The hard limits that the call is under. */
  readonly hardBudgets: readonly Budget[];
}

/** What a client asks for. */
export interface CallWish {
  readonly operation: Operation;
  readonly model: string;
  readonly stream: boolean;
  readonly tagsHeader: string | string[] | undefined;
  readonly metadata: Record<string, unknown> | undefined;
}

interface Entry {
  readonly route: CallRoute;
  readonly until: number;
}

const REMEMBERED = 10_000;
/** Terms come into force and FX dates change without a change of the directory. */
const HOLDS_MS = 30_000;

/** Works out routes and remembers them until the directory changes. */
export class RouteTable {
  private readonly routes = new BoundedMap<string, Entry>(REMEMBERED);
  private version = -1;

  constructor(
    private readonly directory: Directory,
    private readonly tagRules: TagRules,
    private readonly encryptionKey: Buffer,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem, or a promise that does, for a call that cannot go anywhere. */
  find(identity: Identity, wish: CallWish): CallRoute | Promise<CallRoute> {
    const now = this.clock.now();
    if (this.version !== this.directory.version) {
      this.routes.clear();
      this.version = this.directory.version;
    }
    const tagged = tagsOfMetadata(wish.metadata);
    const name = `${identity.key.id}\n${wish.operation}${wish.stream ? '+' : ''}\n${wish.model}\n${String(wish.tagsHeader ?? '')}\n${keyOf(tagged)}`;
    const known = this.routes.get(name);
    // A key that changed gets a new identity with a new version of the directory, so the remembered one is as good.
    if (known && now < known.until) return known.route;
    const tags = this.tagRules.settle(identity, tagged, parseTagsHeader(wish.tagsHeader));
    if (tags instanceof Promise) return tags.then((settled) => this.remember(name, identity, wish, settled, now));
    return this.remember(name, identity, wish, tags, now);
  }

  private remember(name: string, identity: Identity, wish: CallWish, tags: Tags, now: number): CallRoute {
    const route = this.build(identity, wish, tags, now);
    this.routes.set(name, { route, until: now + HOLDS_MS });
    return route;
  }

  private build(identity: Identity, { operation, model, stream }: CallWish, tags: Tags, now: number): CallRoute {
    const { key, organization } = identity;
    const target = resolveModel(this.directory, organization.id, model);
    const { connection, provider } = target;
    const ownConnection = connection.organizationId !== '';
    const facts: CallFacts = {
      organizationId: organization.id,
      keyId: key.id,
      provider,
      model: target.model,
      connectionId: connection.id,
      ownConnection,
      operation,
      streamed: stream,
      tags,
    };
    return {
      identity,
      operation,
      target,
      upstream: upstreamOf(connection, operation, target.model, this.encryptionKey),
      facts,
      encodedFacts: encodeCallFacts(facts),
      pricer: new CallPricer(this.directory, target, ownConnection, this.directory.terms(organization.id, now), organization.currency),
      hardBudgets: this.hardBudgets(facts),
    };
  }

  private hardBudgets({ organizationId, keyId, provider, model, tags }: CallFacts): Budget[] {
    const { project = '', team = '', env = '', feature = '' } = tags;
    const scope = { project, team, env, feature, key: keyId, provider, model };
    return this.directory.activeBudgets(organizationId).filter((budget) => budget.hardLimit && scopeMatches(budget.scope ?? {}, scope));
  }
}

function keyOf(tags: Tags): string {
  let text = '';
  for (const name in tags) text += `${name}=${tags[name]!}\n`;
  return text;
}
