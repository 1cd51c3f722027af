import type { Sql } from '@tollgate/platform/database';
import type { DeadLetterSink } from '@tollgate/platform/kafka';

const KEEP = `INSERT INTO dead_letters (topic, partition, "offset", key, value, headers, reason, appended_at)
  VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8) ON CONFLICT DO NOTHING`;

/** Keeps records that could not be handled in the table `dead_letters`, each once. */
export function deadLetterSink(database: Sql): DeadLetterSink {
  return async ({ topic, partition, offset, key, value, headers, reason, timestamp }) => {
    // Text of PostgreSQL holds no NUL; a poison record's key may.
    const values = [
      topic,
      partition,
      offset.toString(),
      key.replaceAll('\0', '�'),
      value,
      jsonOf(headers),
      reason.replaceAll('\0', '�'),
      new Date(timestamp),
    ];
    await database.query(KEEP, values);
  };
}

function jsonOf(headers: Readonly<Record<string, string>>): string {
  return JSON.stringify(headers).replaceAll('\\u0000', '�');
}
