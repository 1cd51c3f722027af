import { type Attributes, type Counter, type Histogram, metrics } from '@opentelemetry/api';

/** What the consumer and the producer count. Made after telemetry has started, else the counters lead nowhere. */
export class ConsumerMetrics {
  readonly records: Counter;
  readonly failures: Counter;
  readonly deadLetters: Counter;
  readonly batchMs: Histogram;
  readonly batchRecords: Histogram;
  readonly #lagByPartition = new Map<string, { attributes: Attributes; lag: number }>();

  constructor(readonly group: string) {
    const meter = metrics.getMeter('tollgate.kafka');
    this.records = meter.createCounter('tollgate_kafka_consumed_records', { description: 'Records handled and committed' });
    this.failures = meter.createCounter('tollgate_kafka_batch_failures', { description: 'Attempts of a handler that threw, by kind' });
    this.deadLetters = meter.createCounter('tollgate_kafka_dead_letters', {
      description: 'Records set aside because they cannot be handled',
    });
    this.batchMs = meter.createHistogram('tollgate_kafka_batch_duration', {
      description: 'Time to handle one slice of a batch',
      unit: 'ms',
    });
    this.batchRecords = meter.createHistogram('tollgate_kafka_batch_records', { description: 'Records in one slice of a batch' });
    meter
      .createObservableGauge('tollgate_kafka_lag', { description: 'Records of an assigned partition that are not committed yet' })
      .addCallback((result) => {
        for (const { attributes, lag } of this.#lagByPartition.values()) result.observe(lag, attributes);
      });
  }

  setLag(topic: string, partition: number, lag: number): void {
    const key = `${topic}/${partition}`;
    const known = this.#lagByPartition.get(key);
    if (known !== undefined) known.lag = lag;
    else this.#lagByPartition.set(key, { attributes: { group: this.group, topic, partition }, lag });
  }

  /** Forgets partitions that moved to another member. */
  clearLag(): void {
    this.#lagByPartition.clear();
  }
}

/** Records and failures by topic, and the bytes that wait for the broker. */
export class ProducerMetrics {
  readonly records: Counter;
  readonly failures: Counter;

  constructor(bufferedBytes: () => number) {
    const meter = metrics.getMeter('tollgate.kafka');
    this.records = meter.createCounter('tollgate_kafka_produced_records', { description: 'Records acknowledged by all replicas' });
    this.failures = meter.createCounter('tollgate_kafka_produce_failures', { description: 'Attempts to send a batch that failed' });
    meter
      .createObservableGauge('tollgate_kafka_producer_buffer', { description: 'Bytes that wait for the broker', unit: 'By' })
      .addCallback((result) => result.observe(bufferedBytes()));
  }
}
