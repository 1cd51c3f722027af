import { z } from 'zod';
import { label, slug } from '../http/field-schemas';

export const createProject = z.strictObject({ slug, name: label });

export const updateProject = z.strictObject({
  name: label.optional(),
  status: z.enum(['active', 'archived']).optional().describe('An archived project takes no new calls; what it used stays where it is'),
});

export const project = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  status: z.enum(['active', 'archived']),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export type CreateProject = z.output<typeof createProject>;
export type UpdateProject = z.output<typeof updateProject>;
export type ProjectView = z.output<typeof project>;
