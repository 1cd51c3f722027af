import { isSpanContextValid, trace, TraceFlags } from '@opentelemetry/api';
import type { IHeaders } from 'kafkajs';

/** Headers of a record, as text. */
export type RecordHeaders = Readonly<Record<string, string>>;

const NO_HEADERS: RecordHeaders = Object.freeze({});

/** Header that carries the W3C trace context of whoever sent the record. */
export const TRACEPARENT = 'traceparent';

/** The active span as a `traceparent` value; undefined outside of any. Source: W3C Trace Context §3.2. */
export function activeTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-0${(span.traceFlags & TraceFlags.SAMPLED).toString(16)}`;
}

/** Headers as the client delivers them (bytes, perhaps several of a name), as text; of several the last stands. */
export function textHeaders(headers: IHeaders | undefined): RecordHeaders {
  if (headers === undefined) return NO_HEADERS;
  let text: Record<string, string> | undefined;
  for (const name in headers) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) (text ??= {})[name] = last.toString();
  }
  return text ?? NO_HEADERS;
}
