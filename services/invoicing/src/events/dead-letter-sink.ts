import type { Sql } from '@tollgate/platform/database';
import type { DeadLetterSink } from '@tollgate/platform/kafka';

const KEEP = `INSERT INTO dead_letters (topic, partition, "offset", key, value, headers, reason, appended_at)
  VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8) ON CONFLICT DO NOTHING`;

/** Keeps records that could not be handled in the table `dead_letters`, each once. */
export function deadLetterSink(database: Sql): DeadLetterSink {
  return async ({ topic, partition, offset, key, value, headers, reason, timestamp }) => {
    const storable = [storableText(key), value, storableText(JSON.stringify(headers)), storableText(reason)];
    await database.query(KEEP, [topic, partition, offset.toString(), ...storable, new Date(timestamp)]);
  };
}

/** PostgreSQL's text and jsonb hold no NUL; a poison record may. */
function storableText(text: string): string {
  return text.replaceAll('\0', '�').replaceAll('\\u0000', '�');
}
