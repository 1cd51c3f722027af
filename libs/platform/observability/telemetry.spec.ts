import { describe, expect, it } from 'vitest';
import { meter, tracer } from './instruments';
import { currentMetricsText, startTelemetry } from './telemetry';

describe('telemetry', () => {
  it('shows what was counted, in Prometheus text', async () => {
    const telemetry = startTelemetry('test');
    meter('test').createCounter('apples', { description: 'Apples seen' }).add(3, { colour: 'red' });
    const text = await currentMetricsText();
    expect(text).toMatch(/apples_total\{colour="red"[^}]*\} 3/);
    expect(text).toContain('process_cpu_seconds_total');
    await telemetry.shutdown();
    expect(await currentMetricsText()).toBe('');
  });
  it('gives spans valid ids although nobody collects them', async () => {
    const telemetry = startTelemetry('test');
    const span = tracer('test').startSpan('work');
    expect(span.spanContext().traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    span.end();
    await telemetry.shutdown();
  });
});
