import type { Organization } from '@tollgate/contracts';
import type { Directory } from '../directory/directory';
import { BoundedMap } from '../gateway/bounded-map';
import { connectionsByProvider } from '../resolve-model/model-resolver';

/** A model as OpenAI's clients list it (API reference, "The model object"). */
export interface ListedModel {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

const REMEMBERED = 100;
/** The clients want a time; when a vendor made a model is not known. */
const CREATED = 0;

/** Lists the models that an organisation's connections lead to. */
export class ModelLister {
  private readonly lists = new BoundedMap<string, Map<string, ListedModel>>(REMEMBERED);
  private version = -1;

  constructor(private readonly directory: Directory) {}

  /** By their full names, in the order of these. */
  list(organization: Organization): Map<string, ListedModel> {
    if (this.version !== this.directory.version) {
      this.lists.clear();
      this.version = this.directory.version;
    }
    const known = this.lists.get(organization.id);
    if (known) return known;
    const providers = connectionsByProvider(this.directory.activeConnections(organization.id));
    const ids = [...this.directory.models()]
      .filter(({ provider }) => providers.has(provider))
      .map(({ provider, model }) => ({ id: `${provider}/${model}`, provider }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const list = new Map(ids.map(({ id, provider }) => [id, { id, object: 'model', created: CREATED, owned_by: provider } as const]));
    this.lists.set(organization.id, list);
    return list;
  }
}
