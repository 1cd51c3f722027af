import { loadConfig } from '@tollgate/platform/config';
import { createLogger, startTelemetry } from '@tollgate/platform/observability';
import { aggregationConfig } from './aggregation-config';
import { startAggregation } from './start-aggregation';

startTelemetry('aggregation');
Promise.resolve()
  .then(() => startAggregation(loadConfig(aggregationConfig)))
  .catch((error: unknown) => {
    createLogger('aggregation').fatal({ err: error }, 'aggregation cannot start');
    process.exit(1);
  });
