import { createLogger, startTelemetry } from '@tollgate/platform/observability';

startTelemetry('ingress');

import { loadConfig } from '@tollgate/platform/config';
import { createHttpApp } from '@tollgate/platform/http';
import { IngressModule } from './app.module';
import { ingressVariables } from './ingress.config';
import { gatewayDocument } from './operations/gateway-document';

async function main(): Promise<void> {
  const config = loadConfig(ingressVariables);
  await createHttpApp(IngressModule.with(config), {
    service: 'ingress',
    port: config.TOLLGATE_PORT,
    host: config.TOLLGATE_HOST,
    internalSecret: config.TOLLGATE_INTERNAL_SECRET,
    openApi: () => gatewayDocument,
  });
}

main().catch((error: unknown) => {
  createLogger('ingress').fatal({ err: error }, 'ingress cannot start');
  process.exit(1);
});
