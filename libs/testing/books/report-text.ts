import type { BooksReport } from './check-books';

const SAMPLES = 5;

/** The report in a few lines, with samples of what is wrong. */
export function reportText({ ok, events, repeatedAttempts, differences }: BooksReport): string {
  const lines = [ok ? 'The books agree.' : 'The books do not agree.'];
  if (events !== undefined) {
    const { expected, exact, lost, double, foreign, wrong, estimated, parked, unanswered } = events;
    lines.push(
      `${expected} expected: ${exact} exact, ${estimated.length} estimated, ${parked.length} parked; ${unanswered} charges of nothing besides.`,
    );
    lines.push(...sample('lost', lost), ...sample('double', double), ...sample('foreign', foreign));
    lines.push(
      ...sample(
        'wrong',
        wrong.map((event) => `${event.id} is charged ${event.charged} instead of ${event.expected}`),
      ),
    );
  }
  lines.push(...sample('answered twice under one attempt id', repeatedAttempts));
  lines.push(
    ...sample(
      'differences',
      differences.map(({ service, what, member, expected, found }) => `${service}: ${what}: ${member} is ${found}, expected ${expected}`),
    ),
  );
  return lines.join('\n');
}

function sample(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > SAMPLES ? [`  … and ${items.length - SAMPLES} more`] : [];
  return [`${items.length} ${title}:`, ...items.slice(0, SAMPLES).map((item) => `  ${item}`), ...more];
}
