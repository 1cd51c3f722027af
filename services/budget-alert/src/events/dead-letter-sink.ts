import type { ConsumerDatabase } from '@tollgate/platform/database';
import type { DeadLetter } from '@tollgate/platform/kafka';

/** Keeps a record that could not be handled, once for its place in the topic. */
export async function keepDeadLetter(database: ConsumerDatabase, letter: DeadLetter): Promise<void> {
  await database.query(
    `INSERT INTO dead_letters (topic, partition, "offset", key, value, headers, reason, appended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (topic, partition, "offset") DO UPDATE SET reason = excluded.reason, recorded_at = now()`,
    [
      ...[letter.topic, letter.partition, letter.offset.toString(), letter.key, letter.value],
      ...[JSON.stringify(letter.headers), letter.reason, new Date(letter.timestamp)],
    ],
  );
}
