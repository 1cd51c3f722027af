import { topics, type Organization } from '@tollgate/contracts';
import type { DirectoryReader, DirectoryView } from '@tollgate/platform/directory';
import { notFound, unavailable } from '@tollgate/platform/http';
import type { Organizations } from '../post-charges/event-rater';

/** What the directory says of organisations: their currency and time zone, which are fixed when they are created. */
export class OrganizationDirectory implements Organizations {
  readonly #view: DirectoryView<Organization>;

  constructor(private readonly reader: DirectoryReader) {
    this.#view = reader.view(topics.organizations);
  }

  get ready(): boolean {
    return this.reader.ready;
  }

  get(id: string): Organization | undefined {
    return this.#view.get(id);
  }

  /**
   * The organisation of a request.
   * @throws Problem 503 while the directory has not been read yet, 404 when it knows no such organisation.
   */
  require(id: string): Organization {
    const found = this.#view.get(id);
    if (found) return found;
    if (!this.reader.ready) throw unavailable('The directory of organisations has not been read yet.');
    throw notFound('organisation', id);
  }
}
