import type { Clock } from '@tollgate/platform/config';
import type { Identity } from '../authenticate-key/key-gate';
import { BoundedMap } from '../gateway/bounded-map';
import { projectRefused, projectUnknown, tagsMissing } from '../gateway/problems';
import type { Directory } from '../directory/directory';
import type { AccountsLink } from '../authenticate-key/accounts-link';
import type { Tags } from './tags';

const REMEMBERED = 5_000;
/** A project may be created in the next moment. */
const ANSWER_HOLDS_MS = 2_000;

/** Puts a call's tags together in rising order, and holds them against what the key and its organisation allow. */
export class TagRules {
  private readonly answers = new BoundedMap<string, { readonly exists: Promise<boolean>; readonly at: number }>(REMEMBERED);

  constructor(
    private readonly directory: Directory,
    private readonly accounts: AccountsLink,
    private readonly clock: Clock,
  ) {}

  /**
   * The tags that count. Of a project that the directory doesn't know, accounts is asked: then it is a promise.
   * @throws Problem, or a promise that does.
   */
  settle(identity: Identity, ...layers: readonly Tags[]): Tags | Promise<Tags> {
    const { key, organization } = identity;
    const tags: Record<string, string> = { ...key.tags };
    if (key.project !== '') tags['project'] = key.project;
    for (const layer of layers) for (const name in layer) tags[name] = layer[name]!;
    const project = tags['project'];
    if (key.project !== '' && project !== key.project && !key.mayTagProject) throw projectRefused(key.project, project!);
    if (organization.missingTags === 'refuse') {
      const missing = organization.requiredTags.filter((name) => !tags[name]);
      if (missing.length > 0) throw tagsMissing(missing);
    }
    if (project === undefined) return tags;
    const known = this.directory.project(organization.id, project);
    if (known) {
      if (known.status === 'archived') throw projectUnknown(project);
      return tags;
    }
    return this.ask(organization.id, project).then((exists) => {
      if (!exists) throw projectUnknown(project);
      return tags;
    });
  }

  /** One question at a time about each project; a failure is not remembered. */
  private ask(organizationId: string, slug: string): Promise<boolean> {
    const name = `${organizationId}/${slug}`;
    const now = this.clock.now();
    const known = this.answers.get(name);
    if (known && now - known.at < ANSWER_HOLDS_MS) return known.exists;
    const exists = this.accounts.hasProject(organizationId, slug);
    exists.catch(() => this.answers.delete(name));
    this.answers.set(name, { exists, at: now });
    return exists;
  }
}
