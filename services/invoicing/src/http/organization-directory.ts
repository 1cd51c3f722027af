import { topics, type Organization } from '@tollgate/contracts';
import type { DirectoryReader, DirectoryView } from '@tollgate/platform/directory';
import { notFound, unavailable } from '@tollgate/platform/http';

/** What the directory says of organisations: legal data, currency, time zone. */
export class OrganizationDirectory {
  readonly #organizations: DirectoryView<Organization>;

  constructor(private readonly reader: DirectoryReader) {
    this.#organizations = reader.view(topics.organizations);
  }

  /** The organisation, or undefined when it is not known (yet). */
  find(organizationId: string): Organization | undefined {
    return this.#organizations.get(organizationId);
  }

  /**
   * The organisation by id.
   * @throws Problem 503 while the directory has not been read yet, 404 when it knows no such organisation.
   */
  get(organizationId: string): Organization {
    const found = this.find(organizationId);
    if (found) return found;
    if (!this.reader.ready) throw unavailable('The directory of organisations has not been read yet.');
    throw notFound('organisation', organizationId);
  }
}
