import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { tracer } from '@tollgate/platform/observability';
import type { RecordSink } from './shipper';

/** Sends under one span a batch, whose context travels in the records' headers to whoever consumes them. */
export function tracedSink(sink: RecordSink): RecordSink {
  const spans = tracer('ingress');
  return {
    sendEncoded(topic, records) {
      const attributes = {
        'messaging.system': 'kafka',
        'messaging.destination.name': topic,
        'messaging.batch.message_count': records.length,
      };
      return spans.startActiveSpan('ship usage', { kind: SpanKind.PRODUCER, attributes }, async (span) => {
        try {
          await sink.sendEncoded(topic, records);
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
          throw error;
        } finally {
          span.end();
        }
      });
    },
  };
}
