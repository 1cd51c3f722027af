import { NO_ORGANIZATION } from '@tollgate/platform/database';
import { organizationOf, type Caller } from '@tollgate/platform/http';

/** Whose rows a request is about where the operator has rows of its own: the organisation's, or the operator's own when it names none. */
export function rowScope(caller: Caller): string {
  return caller.operator && caller.organizationId === null ? NO_ORGANIZATION : organizationOf(caller);
}
