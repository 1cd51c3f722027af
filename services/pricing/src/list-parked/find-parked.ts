import { Injectable } from '@nestjs/common';
import { UsageRecorded } from '@tollgate/contracts';
import { TenantDatabase } from '@tollgate/platform/database';
import { decodeCursor, page, type Page } from '@tollgate/platform/http';
import { z } from 'zod';
import { parkedOfRow, type ParkedRow } from '../db/parked-rows';
import type { ConflictView, PageQueryFields, ParkedQuery, ParkedView } from './parked.schema';

const PARKED = `
SELECT * FROM parked_usage
WHERE organization_id = $1 AND ($2::text IS NULL OR reason = $2) AND ($3::text IS NULL OR provider = $3) AND ($4::text IS NULL OR model = $4)
  AND ($5::timestamptz IS NULL OR (occurred_at, event_id) < ($5, $6::uuid))
ORDER BY occurred_at DESC, event_id DESC LIMIT $7`;

const CONFLICTS = `
SELECT event_id, content_hash, seen_at, usage FROM conflicts
WHERE organization_id = $1 AND ($2::timestamptz IS NULL OR (seen_at, event_id, content_hash) < ($2, $3::uuid, decode($4, 'hex')))
ORDER BY seen_at DESC, event_id DESC, content_hash DESC LIMIT $5`;

interface ConflictRow {
  readonly event_id: string;
  readonly content_hash: Buffer;
  readonly seen_at: Date;
  readonly usage: Buffer;
}

const parkedPosition = z.tuple([z.iso.datetime(), z.uuid()]);
const conflictPosition = z.tuple([z.iso.datetime(), z.uuid(), z.hex()]);

/** What of an organisation's usage is not in its charges, and why. */
@Injectable()
export class ParkedFinder {
  constructor(private readonly database: TenantDatabase) {}

  /** Usage that waits for a price or a rate, the newest first. */
  async parked(organizationId: string, { reason, provider, model, cursor, limit }: ParkedQuery): Promise<Page<ParkedView>> {
    const after = decodeCursor(cursor, parkedPosition);
    const values = [organizationId, reason ?? null, provider ?? null, model ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1];
    const rows = await this.database.run(organizationId, (manager) => manager.query(PARKED, values) as Promise<ParkedRow[]>);
    return page(rows.map(parkedView), limit, ({ occurredAt, eventId }) => [occurredAt, eventId]);
  }

  /** Known events that came again with other content, the newest first. */
  async conflicts(organizationId: string, { cursor, limit }: PageQueryFields): Promise<Page<ConflictView>> {
    const after = decodeCursor(cursor, conflictPosition);
    const values = [organizationId, after?.[0] ?? null, after?.[1] ?? null, after?.[2] ?? null, limit + 1];
    const rows = await this.database.run(organizationId, (manager) => manager.query(CONFLICTS, values) as Promise<ConflictRow[]>);
    const { data, next } = page(rows, limit, (last) => [last.seen_at.toISOString(), last.event_id, last.content_hash.toString('hex')]);
    return { data: data.map(conflictView), next };
  }
}

function parkedView(row: ParkedRow): ParkedView {
  const usage = parkedOfRow(row).usage!;
  return {
    eventId: row.event_id,
    requestId: usage.requestId,
    reason: row.reason as ParkedView['reason'],
    detail: row.detail,
    provider: usage.provider,
    model: usage.model,
    operation: usage.operation,
    occurredAt: row.occurred_at.toISOString(),
    parkedAt: row.parked_at.toISOString(),
    period: row.period || null,
    quantities: usage.quantities,
    tags: usage.tags,
    estimated: usage.estimated,
  };
}

function conflictView(row: ConflictRow): ConflictView {
  const { provider, model, operation, occurredAt, quantities, tags, source, sourceId } = UsageRecorded.decode(row.usage);
  return {
    eventId: row.event_id,
    seenAt: row.seen_at.toISOString(),
    setAside: { provider, model, operation, occurredAt, quantities, tags, source, sourceId },
  };
}
