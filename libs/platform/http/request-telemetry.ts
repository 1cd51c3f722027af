import { SpanKind, SpanStatusCode, context, propagation, trace, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { meter, tracer } from '@tollgate/platform/observability';

const QUIET_ROUTES = new Set(['/healthz', '/readyz', '/metrics']);
const spans = new WeakMap<FastifyRequest, Span>();

/** One span and one latency sample a request, by route and status; continues the caller's trace. */
export function observeRequests(fastify: FastifyInstance): void {
  const ofHttp = tracer('http');
  const duration = meter('http').createHistogram('http_server_duration_seconds', {
    description: 'Time from a request to the last byte of its answer',
    advice: { explicitBucketBoundaries: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    if (QUIET_ROUTES.has(route)) return done();
    const parent = propagation.extract(context.active(), request.headers);
    const span = ofHttp.startSpan(
      `${request.method} ${route}`,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method, 'http.route': route } },
      parent,
    );
    spans.set(request, span);
    context.with(trace.setSpan(parent, span), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    if (span) {
      const status = reply.statusCode;
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      duration.record(reply.elapsedTime / 1000, { method: request.method, route: request.routeOptions.url ?? 'unknown', status });
    }
    done();
  });
}
