import type { Topic } from '@tollgate/contracts';
import type { ITopicConfig } from 'kafkajs';
import type { KafkaConnection } from './kafka-connection';
import { backoffMs, pause } from './pauses';

const DAY_MS = 86_400_000;
const RETENTION_MS = 35 * DAY_MS;
const CREATE_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 3_000;

/** How a topic is laid out; the registry's topics fit. */
export type TopicLayout = Pick<Topic<unknown>, 'name' | 'partitions' | 'cleanup'>;

/**
 * Creates the topics that are missing and leaves the others as they are. Record times are the broker's (LogAppendTime), so back-dated
 * usage does not age out. Waits for the broker as long as it takes, or until the signal fires.
 */
export async function ensureTopics(connection: KafkaConnection, wanted: readonly TopicLayout[], signal?: AbortSignal): Promise<void> {
  if (wanted.length === 0) return;
  for (let attempt = 0; signal?.aborted !== true; attempt += 1) {
    try {
      return await createMissing(connection, wanted);
    } catch (error) {
      connection.logger.warn({ err: error, topics: wanted.map(({ name }) => name) }, 'The topics cannot be created yet; trying again');
      await pause(backoffMs(attempt, FIRST_PAUSE_MS, MAX_PAUSE_MS), signal);
    }
  }
}

async function createMissing(connection: KafkaConnection, wanted: readonly TopicLayout[]): Promise<void> {
  await connection.withAdmin(async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = wanted.filter(({ name }) => !existing.has(name));
    if (missing.length > 0)
      await admin.createTopics({ topics: missing.map(topicConfig), timeout: CREATE_TIMEOUT_MS, waitForLeaders: true });
  });
}

function topicConfig({ name, partitions, cleanup }: TopicLayout): ITopicConfig {
  const own =
    cleanup === 'compact'
      ? [{ name: 'max.compaction.lag.ms', value: String(DAY_MS) }]
      : [{ name: 'retention.ms', value: String(RETENTION_MS) }];
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor: -1,
    configEntries: [{ name: 'cleanup.policy', value: cleanup }, { name: 'message.timestamp.type', value: 'LogAppendTime' }, ...own],
  };
}
