import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { writeOutbox } from '@tollgate/platform/database';
import { notFound } from '@tollgate/platform/http';
import { AccountsStore } from '../db/accounts-store';
import { ProjectEntity } from '../db/project.entity';
import { recordAudit, type Actor } from '../db/record-audit';
import { projectMessage } from '../publish-directory/directory-messages';
import { projectView } from './project-view';
import type { ProjectView, UpdateProject } from './project.schema';

@Injectable()
export class UpdateProjectHandler {
  constructor(
    private readonly store: AccountsStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(actor: Actor, organizationId: string, slug: string, changes: UpdateProject): Promise<ProjectView> {
    const nowMs = this.clock.now();
    return this.store.change(organizationId, async (manager) => {
      const project = await manager.findOne(ProjectEntity, { where: { organizationId, slug }, lock: { mode: 'pessimistic_write' } });
      if (!project) throw notFound('project', slug);
      const before = projectView(project);
      Object.assign(project, changes, { updatedAt: new Date(nowMs) });
      const after = projectView(project);
      await manager.save(ProjectEntity, project, { reload: false });
      await recordAudit(
        manager,
        { organizationId, actor, action: 'project.changed', entity: 'project', entityId: project.id, before, after },
        nowMs,
      );
      await writeOutbox(manager, [projectMessage(project)]);
      return after;
    });
  }
}
