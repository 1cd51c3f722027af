import { pageQuery } from '@tollgate/platform/http';
import { z } from 'zod';

export const auditLogQuery = pageQuery.extend({
  action: z.string().max(60).optional().describe('such as api_key.revoked'),
  entity: z.enum(['organization', 'project', 'api_key', 'provider_connection']).optional(),
  entityId: z.uuid().optional(),
});

export const auditEntry = z.object({
  id: z.uuid(),
  occurredAt: z.string(),
  actorKeyId: z.string().describe('Id of the key that asked, or `system` for what happens at start'),
  actorOperator: z.boolean(),
  action: z.string(),
  entity: z.string(),
  entityId: z.string(),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
});

export type AuditLogFilter = z.output<typeof auditLogQuery>;
export type AuditEntryView = z.output<typeof auditEntry>;
