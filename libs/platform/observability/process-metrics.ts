import { monitorEventLoopDelay } from 'node:perf_hooks';
import { meter } from './instruments';

const NANOSECONDS_PER_SECOND = 1e9;
const MICROSECONDS_PER_SECOND = 1e6;

/** Observes what the process costs: CPU seconds, resident bytes, and how late the event loop is (p99 since the last scrape). */
export function observeProcess(): { stop(): void } {
  const delays = monitorEventLoopDelay({ resolution: 20 });
  delays.enable();
  const meterOfProcess = meter('process');
  meterOfProcess
    .createObservableCounter('process_cpu_seconds', { description: 'CPU time of the process, user and system' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / MICROSECONDS_PER_SECOND);
    });
  meterOfProcess
    .createObservableGauge('process_resident_memory_bytes', { description: 'Memory that the process holds' })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meterOfProcess
    .createObservableGauge('nodejs_eventloop_delay_p99_seconds', {
      description: 'How late the event loop was, 99th percentile since the last scrape',
    })
    .addCallback((result) => {
      result.observe(delays.percentile(99) / NANOSECONDS_PER_SECOND);
      delays.reset();
    });
  return { stop: () => delays.disable() };
}
