import { Outcome } from '@tollgate/contracts';
import { meter } from '@tollgate/platform/observability';
import type { CallMetrics } from '../call-provider/call-environment';
import type { GatewayMetrics } from '../gateway/gateway';
import type { EventResult } from '../report-usage/report-usage';
import type { UsageSpool } from '../spool/usage-spool';

const OUTCOME_NAMES = new Map<Outcome, string>(
  Object.entries(Outcome)
    .filter((entry): entry is [string, Outcome] => typeof entry[1] === 'number')
    .map(([name, value]) => [value, name.replace('OUTCOME_', '').toLowerCase()]),
);
const LATENCY_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Counts in plain maps, which cost a call next to nothing; they are read when somebody scrapes. */
class Counts {
  private readonly counts = new Map<string, number>();

  constructor(
    name: string,
    description: string,
    private readonly labels: readonly string[],
  ) {
    meter('ingress')
      .createObservableCounter(name, { description })
      .addCallback((result) => {
        for (const [key, count] of this.counts) {
          const values = key.split('\n');
          result.observe(count, Object.fromEntries(this.labels.map((label, index) => [label, values[index]!])));
        }
      });
  }

  add(key: string, by = 1): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }
}

/** What operators see of ingress beside what every process shows. */
export class IngressMetrics implements CallMetrics, GatewayMetrics {
  private readonly calls = new Counts('tollgate_calls', 'Attempts to have a provider answer a call, by how they ended', [
    'provider',
    'outcome',
  ]);
  private readonly problems = new Counts('tollgate_problems', 'Errors told to clients, by code', ['code']);
  private readonly reported = new Counts('tollgate_usage_events', 'Usage events reported from elsewhere', ['status']);
  private readonly shipped = new Counts('tollgate_spool_records_shipped', 'Records that Kafka has acknowledged', []);
  private readonly spoolErrors = new Counts('tollgate_spool_errors', 'Failures of writing, syncing and shipping the spool', []);
  private readonly latency = meter('ingress').createHistogram('tollgate_call_duration', {
    description: 'From the acceptance of a call to its end',
    unit: 's',
    advice: { explicitBucketBoundaries: LATENCY_BUCKETS_SECONDS },
  });

  onCall(provider: string, outcome: Outcome, latencyMs: number): void {
    this.calls.add(`${provider}\n${OUTCOME_NAMES.get(outcome)!}`);
    this.latency.record(latencyMs / 1000);
  }

  onProblem(code: string): void {
    this.problems.add(code);
  }

  onReported(results: readonly EventResult[]): void {
    for (const { status } of results) this.reported.add(status);
  }

  onShipped(records: number): void {
    this.shipped.add('', records);
  }

  onSpoolError(): void {
    this.spoolErrors.add('');
  }

  /** Shows how full the spool is. */
  watch(spool: UsageSpool, inFlight: () => number): void {
    const gauge = (name: string, description: string, value: () => number) =>
      meter('ingress')
        .createObservableGauge(name, { description })
        .addCallback((result) => result.observe(value()));
    gauge('tollgate_spool_bytes', 'Bytes of the spool on the disk', () => spool.room.usedBytes);
    gauge('tollgate_spool_refusing', '1 while the spool takes no calls', () => (spool.room.refusal === null ? 0 : 1));
    gauge('tollgate_calls_in_flight', 'Calls under way', inFlight);
  }
}
