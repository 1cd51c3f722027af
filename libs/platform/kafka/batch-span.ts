import { context, type Link, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { reasonOf } from './failures';
import { TRACEPARENT } from './record-headers';
import type { RecordBatch } from './record-batch';

const MAX_LINKS = 16;
const PATTERN = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Runs the work in one span for the whole batch, linked to the first distinct traces that its records came from. */
export async function inBatchSpan<T>(group: string, batch: RecordBatch<T>, work: () => Promise<void>): Promise<void> {
  const tracer = trace.getTracer('tollgate.kafka');
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.destination.name': batch.topic,
    'messaging.destination.partition.id': String(batch.partition),
    'messaging.consumer.group.name': group,
    'messaging.batch.message_count': batch.records.length,
  };
  const span = tracer.startSpan(`process ${batch.topic}`, { kind: SpanKind.CONSUMER, attributes, links: linksOf(batch) }, ROOT_CONTEXT);
  try {
    await context.with(trace.setSpan(ROOT_CONTEXT, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(error) });
    throw error;
  } finally {
    span.end();
  }
}

function linksOf<T>(batch: RecordBatch<T>): Link[] {
  const seen = new Set<string>();
  const links: Link[] = [];
  for (const { headers } of batch.records) {
    const traceparent = headers[TRACEPARENT];
    if (traceparent === undefined || seen.has(traceparent)) continue;
    seen.add(traceparent);
    const [, traceId, spanId, flags] = PATTERN.exec(traceparent) ?? [];
    if (traceId !== undefined && spanId !== undefined)
      links.push({ context: { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16), isRemote: true } });
    if (links.length === MAX_LINKS) break;
  }
  return links;
}
