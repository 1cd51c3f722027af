import type { Sql } from '@tollgate/platform/database';
import type { DeadLetterSink } from '@tollgate/platform/kafka';

/** Keeps records that could not be handled in a table, each once, with the reason. */
export function deadLetterSink(database: Sql): DeadLetterSink {
  return async ({ topic, partition, offset, key, value, headers, reason, timestamp }) => {
    await database.query(
      `INSERT INTO dead_letters (topic, "partition", "offset", key, value, headers, reason, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8) ON CONFLICT DO NOTHING`,
      [
        topic,
        partition,
        offset.toString(),
        withoutNul(key),
        value,
        withoutNul(JSON.stringify(headers)),
        withoutNul(reason),
        new Date(timestamp),
      ],
    );
  };
}

/** PostgreSQL's texts hold no NUL; those of a poison record may, plain or as JSON writes it. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '\ufffd').replaceAll('\\u0000', '\ufffd');
}
