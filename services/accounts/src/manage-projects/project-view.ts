import type { ProjectEntity } from '../db/project.entity';
import type { ProjectView } from './project.schema';

export function projectView(entity: ProjectEntity): ProjectView {
  const { id, slug, name, status, createdAt, updatedAt } = entity;
  return { id, slug, name, status, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
