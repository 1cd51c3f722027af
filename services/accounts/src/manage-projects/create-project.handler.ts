import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { writeOutbox } from '@tollgate/platform/database';
import { Problem } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';
import { AccountsStore } from '../db/accounts-store';
import { orderedId } from '../db/ordered-id';
import { ProjectEntity } from '../db/project.entity';
import { recordAudit, type Actor } from '../db/record-audit';
import { requireOrganization } from '../manage-organizations/find-organizations';
import { projectMessage } from '../publish-directory/directory-messages';
import { projectView } from './project-view';
import type { CreateProject, ProjectView } from './project.schema';

@Injectable()
export class CreateProjectHandler {
  constructor(
    private readonly store: AccountsStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(actor: Actor, organizationId: string, request: CreateProject): Promise<ProjectView> {
    const nowMs = this.clock.now();
    const now = new Date(nowMs);
    const project: ProjectEntity = {
      ...request,
      id: orderedId(nowMs),
      organizationId,
      status: 'active',
      createdAt: now,
      updatedAt: now,
    };
    const view = projectView(project);
    await this.store.change(organizationId, async (manager) => {
      await requireOrganization(manager, organizationId);
      await insertOrRefuse(manager, project);
      await recordAudit(
        manager,
        { organizationId, actor, action: 'project.created', entity: 'project', entityId: project.id, after: view },
        nowMs,
      );
      await writeOutbox(manager, [projectMessage(project)]);
    });
    return view;
  }
}

async function insertOrRefuse(manager: EntityManager, project: ProjectEntity): Promise<void> {
  const result = await manager.createQueryBuilder().insert().into(ProjectEntity).values(project).orIgnore().returning('id').execute();
  if ((result.raw as unknown[]).length > 0) return;
  throw new Problem({
    status: 409,
    code: 'project_exists',
    title: 'The project exists',
    detail: `There is a project ${project.slug} already.`,
    fix: 'Use that project, or choose another slug.',
  });
}
