import { type Topic, topics } from '@tollgate/contracts';
import { BaseRpcContext, type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { unmasked } from './batch-error-filter';
import type { BatchControl, FetchedBatch } from './consumer-session';
import { type DeadLetterSink, deadLetterTopic } from './dead-letter';
import type { EventProducer } from './event-producer';
import { isTransientFailure } from './failures';
import { GroupConsumer } from './group-consumer';
import type { KafkaConnection } from './kafka-connection';
import { ConsumerMetrics } from './kafka-metrics';
import { LagWatch } from './lag-watch';
import { PartitionReader } from './partition-reader';
import type { RecordBatch } from './record-batch';

/** What a consumer of a service is made of, and its bounds. */
export interface BatchServerOptions {
  connection: KafkaConnection;
  /** The consumer group, named after the service. */
  group: string;
  /** Publishes dead letters. Closed by its owner, after this server. */
  producer: EventProducer;
  /** Keeps dead letters in a table of the service's own, before they go to the topic. */
  deadLetterSink?: DeadLetterSink;
  /** Records that a handler gets at once, at most; default 1,000. */
  maxBatch?: number;
  /** Bytes of values that a handler gets at once, at most; default 1 MiB. */
  maxBatchBytes?: number;
  /** Partitions handled at the same time; default 3. */
  partitionsConsumedConcurrently?: number;
  /** A poll returns when so many bytes wait; default 1: at once. More makes larger batches at the price of delay. */
  fetchMinBytes?: number;
  /** A poll returns after so long, ms; default 100. */
  fetchMaxWaitMs?: number;
  /** How long `close` waits for handlers under way, ms; default 4,000. */
  drainMs?: number;
  /** Whether the same batch may succeed later; default `isTransientFailure`. */
  isTransient?: (error: unknown) => boolean;
  /** Topics beside the registry's, for tests. */
  extraTopics?: readonly Topic<unknown>[];
}

/**
 * Nest's transport for Kafka in batches: an `@EventPattern(topic.name)` handler receives a `RecordBatch` of one partition. When it
 * resolves, the batch's offset is committed; when it throws, see `handleSlice`. A crash between effect and commit repeats the batch and
 * never skips it, so a handler's effects are idempotent by key. Connect it with `connectBatchServer`.
 */
export class BatchServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('kafka-batches');
  readonly #options: BatchServerOptions;
  #consumer: GroupConsumer | undefined;
  #lag: LagWatch | undefined;

  constructor(options: BatchServerOptions) {
    super();
    this.#options = options;
  }

  /** Whether it is a member of its group and the broker answers; for readiness. A server without handlers is always ready. */
  get ready(): boolean {
    return this.#consumer?.running ?? this.messageHandlers.size === 0;
  }

  /** Starts in the background: the broker, and the topics, may come later. */
  listen(callback: (error?: unknown) => void): void {
    try {
      if (this.messageHandlers.size > 0) this.#start();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Takes no further batch, waits for those under way, leaves the group. Takes at most `drainMs` and 1.5 s. */
  async close(): Promise<void> {
    this.#lag?.stop();
    await this.#consumer?.close(this.#options.drainMs ?? 4_000);
  }

  on(): void {
    throw new Error('The batch server has no events to listen to; see its metrics and `ready`');
  }

  unwrap<T>(): T {
    return this.#consumer as T;
  }

  #start(): void {
    const { connection, group } = this.#options;
    const known = new Map(
      [...Object.values(topics as Record<string, Topic<unknown>>), ...(this.#options.extraTopics ?? [])].map((topic) => [
        topic.name,
        topic,
      ]),
    );
    const subscribed = [...this.messageHandlers.keys()].map((name) => {
      const topic = known.get(name);
      if (topic === undefined) throw new Error(`@EventPattern('${name}') names no topic of the registry`);
      return topic;
    });
    const metrics = new ConsumerMetrics(group);
    const lag = (this.#lag = new LagWatch(
      connection,
      metrics,
      subscribed.map(({ name }) => name),
    ));
    const readers = new Map(subscribed.map((topic) => [topic.name, this.#reader(topic, metrics, lag)]));
    this.#consumer = new GroupConsumer({
      connection,
      group,
      topics: [...subscribed, deadLetterTopic(group)],
      subscribed: subscribed.map(({ name }) => name),
      commits: true,
      onBatch: (batch: FetchedBatch, control: BatchControl) => readers.get(batch.topic)!.read(batch, control),
      onAssigned: (assignment) => lag.assigned(assignment),
      ...pick(this.#options, ['partitionsConsumedConcurrently', 'fetchMinBytes', 'fetchMaxWaitMs']),
    });
    this.#consumer.start();
  }

  #reader(topic: Topic<unknown>, metrics: ConsumerMetrics, lag: LagWatch): PartitionReader {
    const { connection, group, producer, deadLetterSink, maxBatch, maxBatchBytes, isTransient } = this.#options;
    const handler = this.messageHandlers.get(topic.name)!;
    return new PartitionReader({
      topic,
      group,
      producer,
      metrics,
      lag,
      logger: connection.logger,
      maxBatch: maxBatch ?? 1_000,
      maxBatchBytes: maxBatchBytes ?? 1_048_576,
      isTransient: isTransient ?? isTransientFailure,
      handle: (batch) => callHandler(handler, batch),
      ...(deadLetterSink && { deadLetterSink }),
    });
  }
}

async function callHandler(handler: MessageHandler, batch: RecordBatch<unknown>): Promise<void> {
  try {
    const result: unknown = await handler(batch, new BaseRpcContext([batch.topic, batch.partition]));
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  } catch (error) {
    throw unmasked(error);
  }
}

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]])) as Pick<T, K>;
}
