import { deadLetterTopicName } from '@tollgate/contracts';
import { CutReader } from './cut-reader';
import { DEAD_LETTER_HEADERS, deadLetterTopic, REPLAY_FOR } from './dead-letter';
import { type EncodedRecord, EventProducer } from './event-producer';
import { GroupConsumer } from './group-consumer';
import type { KafkaConnection } from './kafka-connection';
import { textHeaders } from './record-headers';
import type { FetchedRecord } from './consumer-session';

const IDLE_CHECK_MS = 100;
const GIVE_UP_MS = 60_000;

/**
 * Publishes a group's dead letters to the topics they came from, once each: what was replayed before is not replayed again, and the
 * other groups of the topic pass them over. What still cannot be handled becomes a dead letter anew. Resolves with their number; throws
 * after a minute without an end.
 */
export async function replayDeadLetters(connection: KafkaConnection, group: string): Promise<number> {
  const topic = deadLetterTopic(group);
  const replayGroup = `${deadLetterTopicName(group)}.replay`;
  const cuts = new CutReader(connection);
  const producer = new EventProducer({ connection });
  let replayed = 0;
  const consumer = new GroupConsumer({
    connection,
    group: replayGroup,
    topics: [topic],
    commits: true,
    onBatch: async (batch, control) => {
      for (const record of batch.records) {
        const { topicName, outgoing } = toReplay(group, record);
        await producer.sendEncoded(topicName, [outgoing]);
        replayed += 1;
      }
      await control.done(batch.records.at(-1)!);
    },
  });
  try {
    consumer.start();
    const deadlineMs = Date.now() + GIVE_UP_MS;
    while (!consumer.running || !(await cuts.passed(replayGroup, topic.name, await cuts.endOffsets(topic.name)))) {
      if (Date.now() > deadlineMs)
        throw new Error(`The dead letters of ${group} were not read within ${GIVE_UP_MS} ms; ${replayed} were replayed`);
      await new Promise((resolve) => setTimeout(resolve, IDLE_CHECK_MS));
    }
    return replayed;
  } finally {
    await consumer.close(GIVE_UP_MS);
    await producer.close();
  }
}

function toReplay(group: string, record: FetchedRecord): { topicName: string; outgoing: EncodedRecord } {
  const headers: Record<string, string> = { ...textHeaders(record.headers) };
  const topicName = headers[DEAD_LETTER_HEADERS.topic];
  if (topicName === undefined) throw new Error(`The dead letter at offset ${record.offset} does not say which topic it came from`);
  for (const name of Object.values(DEAD_LETTER_HEADERS)) delete headers[name];
  return {
    topicName,
    outgoing: { key: record.key?.toString() ?? null, value: record.value, headers: { ...headers, [REPLAY_FOR]: group } },
  };
}
