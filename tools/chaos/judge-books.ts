import { answeredCalls, booksWithin, readSimulatorBook, reportedEventId, reportText, type BooksReport } from '@tollgate/testing';
import type { SystemUnderTest } from './system-under-test';
import { EVENT_SOURCE, type ReportedEvent } from './traffic';

/** The time within which everything must be in the books once the traffic has ended, ms. */
const DRAINED_WITHIN_MS = 60_000;

/** Holds the books against what the provider answered and what the usage API accepted, for at most a minute. Prints the report. */
export async function judgeBooks(system: SystemUnderTest, events: readonly ReportedEvent[]): Promise<BooksReport & { tookMs: number }> {
  const report = await booksWithin(DRAINED_WITHIN_MS, async () => ({
    ownerUrl: system.databaseUrl,
    calls: answeredCalls(await readSimulatorBook(system.record.simulatorUrl)),
    events: events.map(({ id, inputTokens }) => ({
      id: reportedEventId(EVENT_SOURCE, id),
      provider: 'openai',
      model: 'gpt-4o',
      quantities: { input_tokens: String(inputTokens) },
    })),
  }));
  console.log(reportText(report));
  console.log(`${report.ok ? 'all in the books' : 'still not in the books'} ${(report.tookMs / 1000).toFixed(1)} s after the last answer`);
  return report;
}
