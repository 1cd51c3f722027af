import { metrics, trace, type Meter, type Tracer } from '@opentelemetry/api';

/** The tracer of one part of a service, such as `kafka`. */
export function tracer(name: string): Tracer {
  return trace.getTracer(name);
}

/**
 * The meter of one part of a service. Ask for it in a constructor or a function, never while a module loads: instruments made before
 * `startTelemetry` ran count nothing.
 */
export function meter(name: string): Meter {
  return metrics.getMeter(name);
}
