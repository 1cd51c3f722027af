import { topics, type Model, type Organization, type Project } from '@tollgate/contracts';
import type { DirectoryReader, DirectoryView } from '@tollgate/platform/directory';
import { unavailable } from '@tollgate/platform/http';

/** What was made a moment ago may still be on its way here. */
const PATIENCE_MS = 1_500;
const LOOK_EVERY_MS = 25;

/** What this service knows of organisations, projects and models. */
export class KnownThings {
  readonly #organizations: DirectoryView<Organization>;
  readonly #projects: DirectoryView<Project>;
  readonly #models: DirectoryView<Model>;

  constructor(directory: DirectoryReader) {
    this.#organizations = directory.view(topics.organizations);
    this.#projects = directory.view(topics.projects);
    this.#models = directory.view(topics.models);
  }

  /** Its currency and time zone. Throws a Problem 503 while it has not been heard of. */
  async organization(id: string): Promise<Organization> {
    const found = await waitFor(() => this.#organizations.get(id));
    if (found) return found;
    throw unavailable('The organisation is not known here yet.');
  }

  /** Whether the organisation has a project of that slug, archived or not: what it spent before counts. */
  async hasProject(organizationId: string, slug: string): Promise<boolean> {
    const found = await waitFor(() => {
      for (const project of this.#projects.values()) {
        if (project.organizationId === organizationId && project.slug === slug) return project;
      }
      return undefined;
    });
    return found !== undefined;
  }

  /** Whether the catalogue has a model of that provider. */
  hasProvider(provider: string): boolean {
    for (const model of this.#models.values()) if (model.provider === provider) return true;
    return false;
  }
}

async function waitFor<T>(look: () => T | undefined): Promise<T | undefined> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found !== undefined || Date.now() >= giveUpAt) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
