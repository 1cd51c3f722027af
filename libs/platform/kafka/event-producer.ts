import type { Topic } from '@tollgate/contracts';
import { type Message, Partitioners, type Producer } from 'kafkajs';
import { NotPublishedError } from './failures';
import type { KafkaClient, KafkaConnection } from './kafka-connection';
import { ProducerMetrics } from './kafka-metrics';
import { finishedWithin } from './pauses';
import { ProducerLane, type Submission } from './producer-lane';
import { activeTraceparent, type RecordHeaders, TRACEPARENT } from './record-headers';

const RECORD_OVERHEAD_BYTES = 64;
/** The broker's `message.max.bytes` is 1,048,588 for a whole batch; a record must fit with its frame. */
const MAX_RECORD_BYTES = 1_000_000;
const PUBLISH_RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 2 } as const;
const FAILURES_BEFORE_RECONNECT = 3;
const DISCONNECT_MS = 1_000;
const HOPELESS_TYPES = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
  'POLICY_VIOLATION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'CORRUPT_MESSAGE',
]);

/** A record to publish; a null value deletes the key in a compacted topic. */
export interface OutgoingRecord<T> {
  key: string;
  value: T | null;
  headers?: RecordHeaders;
}

/** A record whose value is bytes already. */
export interface EncodedRecord {
  key: string | null;
  value: Uint8Array | null;
  headers?: RecordHeaders;
  /** Default: by the key's hash, as Java's client does. */
  partition?: number;
}

/** How long one send may wait. */
export interface SendOptions {
  /** Reject after so long without an acknowledgement, ms. The records may still arrive. Default: wait until the producer is closed. */
  deadlineMs?: number;
}

/** What a producer is made of, and its bounds. */
export interface EventProducerOptions {
  connection: KafkaConnection;
  /** How long the first record of a batch waits for others, ms; default 5. */
  lingerMs?: number;
  /** A batch's size, bytes; default 512 KiB, at most the broker's limit of 1 MB. */
  maxBatchBytes?: number;
  /** Records of one batch; default 5,000. */
  maxBatchRecords?: number;
  /** Bytes that may wait for the broker before `send` waits itself; default 64 MiB. */
  maxBufferedBytes?: number;
  /** How long `close` tries to send what waits, ms; default 3,000. */
  closeMs?: number;
}

/**
 * Publishes records in batches, acknowledged by all in-sync replicas. At least once: after an error that hides whether a batch arrived
 * it is sent again, so consumers are idempotent by key. The order of sending is kept within a topic.
 */
export class EventProducer {
  readonly #options: Required<EventProducerOptions>;
  readonly #lanes = new Map<string, ProducerLane>();
  readonly #metrics: ProducerMetrics;
  readonly #waitingForRoom: (() => void)[] = [];
  readonly #existing = new Set<string>();
  #bufferedBytes = 0;
  #closing = false;
  #current: { client: KafkaClient; producer: Producer; connected: Promise<void> } | undefined;
  #failures = 0;

  constructor(options: EventProducerOptions) {
    this.#options = {
      lingerMs: 5,
      maxBatchBytes: 524_288,
      maxBatchRecords: 5_000,
      maxBufferedBytes: 67_108_864,
      closeMs: 3_000,
      ...options,
    };
    this.#metrics = new ProducerMetrics(() => this.#bufferedBytes);
  }

  /** Bytes accepted and not acknowledged yet. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Resolves once all records are acknowledged. Throws `NotPublishedError` on close or deadline, a RangeError for a record over 1 MB. */
  async send<T>(topic: Pick<Topic<T>, 'name' | 'encode'>, records: readonly OutgoingRecord<T>[], options?: SendOptions): Promise<void> {
    await this.sendEncoded(
      topic.name,
      records.map(({ key, value, headers }) => ({ key, value: value === null ? null : topic.encode(value), ...(headers && { headers }) })),
      options,
    );
  }

  /** Like `send`, for values that are bytes already. */
  async sendEncoded(topicName: string, records: readonly EncodedRecord[], options: SendOptions = {}): Promise<void> {
    if (records.length === 0) return;
    const traceparent = activeTraceparent();
    const messages = records.map((record) => toMessage(record, traceparent));
    const sizes = messages.map(sizeOf);
    const largest = Math.max(...sizes);
    if (largest > MAX_RECORD_BYTES)
      throw new RangeError(`A record of ${largest} bytes for ${topicName} is over the limit of ${MAX_RECORD_BYTES}`);
    const deadlineMs = options.deadlineMs === undefined ? undefined : Date.now() + options.deadlineMs;
    if (this.#full) await this.#room(deadlineMs);
    if (this.#closing) throw new NotPublishedError('The producer is closed');
    for (const size of sizes) this.#bufferedBytes += size;
    await this.#submit(topicName, messages, sizes, deadlineMs);
  }

  /** Sends what waits for at most `closeMs`, rejects the rest, and disconnects. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    for (const wake of this.#waitingForRoom.splice(0)) wake();
    await finishedWithin(Promise.all([...this.#lanes.values()].map((lane) => lane.drain())), this.#options.closeMs);
    for (const lane of this.#lanes.values()) lane.abandon();
    await this.#disconnect();
  }

  async #submit(topicName: string, messages: Message[], sizes: number[], deadlineMs: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const settled = new Promise<void>((resolve, reject) => {
      const submission: Submission = { messages, sizes, next: 0, acknowledged: 0, settled: false, resolve, reject };
      if (deadlineMs !== undefined) {
        timer = setTimeout(() => {
          submission.settled = true;
          reject(new NotPublishedError('Kafka did not take the records in time'));
        }, deadlineMs - Date.now());
      }
      this.#lane(topicName).add(submission);
    });
    await settled.finally(() => clearTimeout(timer));
  }

  get #full(): boolean {
    return this.#bufferedBytes >= this.#options.maxBufferedBytes;
  }

  /** Backpressure: waits until the buffer has room. A submission larger than the whole buffer passes when the buffer is empty. */
  async #room(deadlineMs: number | undefined): Promise<void> {
    while (!this.#closing && this.#full) {
      await new Promise<void>((resolve, reject) => {
        const wake = (): void => {
          clearTimeout(timer);
          resolve();
        };
        const giveUp = (): void => {
          this.#waitingForRoom.splice(this.#waitingForRoom.indexOf(wake), 1);
          reject(new NotPublishedError('The buffer stayed full'));
        };
        const timer = deadlineMs === undefined ? undefined : setTimeout(giveUp, Math.max(0, deadlineMs - Date.now()));
        this.#waitingForRoom.push(wake);
      });
    }
  }

  #released(bytes: number): void {
    this.#bufferedBytes -= bytes;
    if (!this.#full) for (const wake of this.#waitingForRoom.splice(0)) wake();
  }

  #lane(topic: string): ProducerLane {
    let lane = this.#lanes.get(topic);
    if (lane === undefined) {
      const { lingerMs, maxBatchBytes, maxBatchRecords } = this.#options;
      lane = new ProducerLane({
        topic,
        lingerMs,
        maxBatchBytes,
        maxBatchRecords,
        publish: (name, messages) => this.#publish(name, messages),
        isHopeless,
        released: (bytes) => this.#released(bytes),
      });
      this.#lanes.set(topic, lane);
    }
    return lane;
  }

  async #publish(topic: string, messages: Message[]): Promise<void> {
    await this.#topicExists(topic);
    const current = (this.#current ??= this.#connect());
    try {
      await current.connected;
      await current.producer.send({ topic, messages, acks: -1, timeout: 10_000 });
      this.#failures = 0;
      this.#metrics.records.add(messages.length, { topic });
    } catch (error) {
      this.#metrics.failures.add(1, { topic });
      this.#failures += 1;
      if (this.#failures >= FAILURES_BEFORE_RECONNECT && this.#current === current) await this.#disconnect();
      throw error;
    }
  }

  /** Asked once a topic: a missing one would spoil the client's view of all others, and the missing one's owner may come any moment. */
  async #topicExists(topic: string): Promise<void> {
    if (this.#existing.has(topic)) return;
    for (const name of await this.#options.connection.withAdmin((admin) => admin.listTopics())) this.#existing.add(name);
    if (!this.#existing.has(topic)) throw new Error(`The topic ${topic} does not exist yet`);
  }

  #connect(): { client: KafkaClient; producer: Producer; connected: Promise<void> } {
    const client = this.#options.connection.openClient();
    const producer = client.kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      retry: PUBLISH_RETRY,
    });
    const connected = producer.connect();
    connected.catch(() => undefined);
    this.#failures = 0;
    return { client, producer, connected };
  }

  async #disconnect(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (current === undefined) return;
    await finishedWithin(current.producer.disconnect(), DISCONNECT_MS);
    current.client.destroy();
  }
}

function toMessage({ key, value, headers, partition }: EncodedRecord, traceparent: string | undefined): Message {
  const bytes = value === null || Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const message: Message = { key, value: bytes };
  if (traceparent !== undefined && headers?.[TRACEPARENT] === undefined) message.headers = { ...headers, [TRACEPARENT]: traceparent };
  else if (headers !== undefined) message.headers = headers;
  if (partition !== undefined) message.partition = partition;
  return message;
}

function sizeOf({ key, value, headers }: Message): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += name.length + String(headers[name]).length;
  return bytes;
}

function isHopeless(error: unknown): boolean {
  return typesOf(error).some((type) => HOPELESS_TYPES.has(type));
}

function typesOf(error: unknown): string[] {
  const types: string[] = [];
  for (let at = error; at !== null && typeof at === 'object'; at = (at as { cause?: unknown }).cause) {
    const { type } = at as { type?: unknown };
    if (typeof type === 'string') types.push(type);
  }
  return types;
}
