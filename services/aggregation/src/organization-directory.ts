import { topics, type Organization } from '@tollgate/contracts';
import type { DirectoryReader, DirectoryView } from '@tollgate/platform/directory';
import { notFound, unavailable } from '@tollgate/platform/http';

/** What the directory says of organisations: their currency and time zone, which are fixed when they are created. */
export class OrganizationDirectory {
  readonly #reader: DirectoryReader;
  readonly #organizations: DirectoryView<Organization>;

  constructor(reader: DirectoryReader) {
    this.#reader = reader;
    this.#organizations = reader.view(topics.organizations);
  }

  get ready(): boolean {
    return this.#reader.ready;
  }

  /**
   * The organisation by id.
   * @throws Problem 503 while the directory has not been read yet, 404 when it knows no such organisation.
   */
  get(organizationId: string): Organization {
    const found = this.#organizations.get(organizationId);
    if (found) return found;
    if (!this.#reader.ready) throw unavailable('The directory of organisations has not been read yet.');
    throw notFound('organisation', organizationId);
  }
}
