import { NO_ORGANIZATION } from '@tollgate/platform/database';

/**
 * The organisation as it is shown outside of this schema: null for the operator's own rows (its keys, the shared connections, its audit entries), which
 * carry `NO_ORGANIZATION` so that one policy and one not-null column hold for every row.
 */
export function publicOrganizationId(organizationId: string): string | null {
  return organizationId === NO_ORGANIZATION ? null : organizationId;
}
