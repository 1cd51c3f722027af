import { Injectable } from '@nestjs/common';
import { notFound } from '@tollgate/platform/http';
import { MoreThan, type EntityManager } from 'typeorm';
import { AccountsStore } from '../db/accounts-store';
import { ProjectEntity } from '../db/project.entity';
import { projectView } from './project-view';
import type { ProjectView } from './project.schema';

@Injectable()
export class ProjectFinder {
  constructor(private readonly store: AccountsStore) {}

  async one(organizationId: string, slug: string): Promise<ProjectView> {
    const project = await this.store.read(organizationId, (manager) => findProject(manager, organizationId, slug));
    if (!project) throw notFound('project', slug);
    return projectView(project);
  }

  /** Up to `size` projects in the order of creation, with ids after the given one. */
  async some(organizationId: string, after: string | undefined, size: number): Promise<ProjectView[]> {
    const where = { organizationId, ...(after === undefined ? {} : { id: MoreThan(after) }) };
    const found = await this.store.read(organizationId, (manager) =>
      manager.find(ProjectEntity, { where, order: { id: 'ASC' }, take: size }),
    );
    return found.map(projectView);
  }
}

export function findProject(manager: EntityManager, organizationId: string, slug: string): Promise<ProjectEntity | null> {
  return manager.findOneBy(ProjectEntity, { organizationId, slug });
}
