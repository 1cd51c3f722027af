import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageRecorded } from '@tollgate/contracts';
import type { ClientBase } from 'pg';
import type { LedgerEvent } from './compare-events';
import { reportedEventId } from './expected-usage';

/** What part of the books is looked at. */
export interface BooksScope {
  /** One organisation; default: all. */
  readonly organizationId?: string;
  /** Only events received at or after this time, epoch ms, are compared with what was answered; default: all. Sums are always whole. */
  readonly sinceMs?: number;
}

/** The text of a statement that stands in a file of its own beside this one. */
export function statement(name: string): string {
  return readFileSync(join(__dirname, name), 'utf8');
}

interface EventRow {
  event_id: string;
  first_charges: number;
  provider: string;
  model: string;
  estimated: boolean;
  source_id: string | null;
  source: string | null;
  quantities: Record<string, string> | null;
}

/** The ledger's events, each over all its entries. */
export async function readLedgerEvents(owner: ClientBase, { organizationId, sinceMs }: BooksScope): Promise<LedgerEvent[]> {
  const since = sinceMs === undefined ? '-infinity' : new Date(sinceMs).toISOString();
  const { rows } = await owner.query<EventRow>(statement('ledger-events.sql'), [since, organizationId ?? null]);
  return rows.map((row) => ({
    eventId: row.event_id,
    reportedId: row.source_id === null ? null : reportedEventId(row.source ?? '', row.source_id),
    provider: row.provider,
    model: row.model,
    firstCharges: row.first_charges,
    estimated: row.estimated,
    quantities: row.quantities ?? {},
  }));
}

/** Ids of the events that wait for a price, as `ExpectedUsage.id` names them. */
export async function readParkedIds(owner: ClientBase, { organizationId }: BooksScope): Promise<Set<string>> {
  const { rows } = await owner.query<{ event_id: string; usage: Buffer }>(
    'SELECT event_id, usage FROM pricing.parked_usage WHERE $1::uuid IS NULL OR organization_id = $1',
    [organizationId ?? null],
  );
  return new Set(
    rows.map(({ event_id, usage }) => {
      const { source, sourceId } = UsageRecorded.decode(usage);
      return sourceId === '' ? event_id : reportedEventId(source, sourceId);
    }),
  );
}
