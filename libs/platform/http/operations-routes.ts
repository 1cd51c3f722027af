import type { FastifyInstance } from 'fastify';
import { currentMetricsText } from '@tollgate/platform/observability';
import type { Readiness } from './readiness';

/** What operators and orchestrators ask: /healthz (the process lives), /readyz (it can work), /metrics (Prometheus), /openapi.json. */
export function addOperationsRoutes(fastify: FastifyInstance, readiness: Readiness, openApi: () => object): void {
  let document: string | undefined;
  fastify.get('/healthz', async () => ({ status: 'ok' }));
  fastify.get('/readyz', async (_request, reply) => {
    const { ready, checks } = await readiness.state();
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', checks });
  });
  fastify.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await currentMetricsText()),
  );
  fastify.get('/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(openApi());
    return reply.type('application/json; charset=utf-8').send(document);
  });
}
