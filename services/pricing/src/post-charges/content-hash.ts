import { hash } from 'node:crypto';
import type { UsageRecorded } from '@tollgate/contracts';

const HASH_BYTES = 16;

/**
 * Identifies what was used: who, what, how much, how it ended, how it was tagged. Times are left out, and so is whatever a resend may change without
 * saying something else (the key that sent it, grants that were held, the request id, which follows from the event id): the same event sent again with
 * another time is a duplicate and no conflict.
 */
export function contentHash(usage: UsageRecorded): Buffer {
  const content = JSON.stringify([
    usage.organizationId,
    usage.provider,
    usage.model,
    usage.connectionId,
    usage.ownConnection,
    usage.operation,
    usage.outcome,
    sorted(usage.quantities, canonical),
    sorted(usage.attributes),
    sorted(usage.tags),
    usage.estimated,
    usage.correctsEventId,
    usage.source,
    usage.sourceId,
  ]);
  return hash('sha256', content, 'buffer').subarray(0, HASH_BYTES);
}

function sorted(map: Readonly<Record<string, string>>, form: (value: string) => string = (value) => value): string[] {
  const entries: string[] = [];
  for (const name of Object.keys(map).sort()) entries.push(name, form(map[name]!));
  return entries;
}

/** 812.0 and 812 are the same quantity; so are 0812 and 812. */
function canonical(quantity: string): string {
  const point = quantity.includes('.') ? quantity.replace(/\.?0+$/, '') : quantity;
  return point.replace(/^0+(?=\d)/, '');
}
