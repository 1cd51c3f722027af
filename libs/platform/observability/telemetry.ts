import { context, metrics, propagation, trace } from '@opentelemetry/api';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { observeProcess } from './process-metrics';

/** The process's running telemetry. */
export interface Telemetry {
  /** Sends what is pending, at most for a moment, and stops. Never throws. */
  shutdown(): Promise<void>;
  /** Every metric in Prometheus' text format. */
  metricsText(): Promise<string>;
}

let running: Telemetry | undefined;

/**
 * Starts tracing and metrics; the first statement of each main.ts. Spans are sent by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT (or its traces variant)
 * is set; without it they exist only to put trace ids into logs and Kafka's headers. Metrics are pulled from /metrics. A second call returns the
 * first one's telemetry.
 */
export function startTelemetry(service: string): Telemetry {
  if (running) return running;
  // Loaded here and not above, since the SDK costs a quarter of a second that specs and tools need not pay.
  const { NodeSDK } = require('@opentelemetry/sdk-node') as typeof import('@opentelemetry/sdk-node');
  const { PrometheusExporter, PrometheusSerializer } =
    require('@opentelemetry/exporter-prometheus') as typeof import('@opentelemetry/exporter-prometheus');
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  const exportsSpans = Boolean(process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
  const sdk = new NodeSDK({
    serviceName: `tollgate-${service}`,
    autoDetectResources: false,
    metricReaders: [exporter],
    logRecordProcessors: [],
    ...(exportsSpans ? {} : { spanProcessors: [discardSpans] }),
  });
  sdk.start();
  const processMetrics = observeProcess();
  running = {
    async metricsText() {
      const { resourceMetrics, errors } = await exporter.collect();
      if (errors.length > 0) return `# ${errors.length} metrics could not be collected\n${serializer.serialize(resourceMetrics)}`;
      return serializer.serialize(resourceMetrics);
    },
    async shutdown() {
      running = undefined;
      processMetrics.stop();
      await Promise.race([sdk.shutdown().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
      for (const api of [context, metrics, propagation, trace]) api.disable();
    },
  };
  return running;
}

/** The process's metrics in Prometheus' text format; empty when no telemetry was started. */
export async function currentMetricsText(): Promise<string> {
  return running ? running.metricsText() : '';
}

/** Keeps the tracer alive (and ids flowing) where nobody collects spans. */
const discardSpans: NonNullable<NodeSDKConfiguration['spanProcessors']>[number] = {
  onStart: () => undefined,
  onEnd: () => undefined,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
