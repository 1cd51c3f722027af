export { startTelemetry, currentMetricsText, type Telemetry } from './telemetry';
export { createLogger, type Logger } from './logger';
export { NestLogger } from './nest-logger';
export { redact, redactText, REDACTED } from './redact';
export { tracer, meter } from './instruments';
