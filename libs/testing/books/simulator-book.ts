import { answeredQuantities } from './answered-usage';
import type { ExpectedUsage } from './expected-usage';

/** A line of the simulator's book (tools/simulator/README.md, "The book"). */
export interface SimulatorEntry {
  readonly attemptId: string | null;
  readonly answerId: string;
  readonly provider: string;
  readonly model: string;
  readonly status: number;
  readonly usage: Readonly<Record<string, unknown>> | null;
  readonly end: 'sent' | 'cut';
}

/** What the simulator's book demands of the system's books. */
export interface AnsweredCalls {
  /** Calls that were answered with usage: each must be charged once. */
  readonly expected: ExpectedUsage[];
  /** Attempts that were answered with an error or without usage: each must have a charge, of nothing or estimated. */
  readonly withoutUsage: ReadonlySet<string>;
  /** Attempts whose answer was scripted to say nonsense about its usage: each must have a charge, whichever. */
  readonly unclear: ReadonlySet<string>;
  /** Attempts that the provider answered more than once: an attempt id was used again. */
  readonly repeated: string[];
  /** Answers to callers that sent no attempt id, which were not the gateway. */
  readonly unattributed: number;
}

const PAGE = 5_000;

/** Reads the whole book over HTTP. Throws when the simulator does not answer. */
export async function readSimulatorBook(simulatorUrl: string): Promise<SimulatorEntry[]> {
  const entries: SimulatorEntry[] = [];
  for (let from: number | null = 0; from !== null;) {
    const answer: Response = await fetch(`${simulatorUrl}/book?from=${from}&limit=${PAGE}`);
    if (!answer.ok) throw new Error(`The simulator's book answers ${answer.status}`);
    const page = (await answer.json()) as { data: SimulatorEntry[]; next: number | null };
    entries.push(...page.data);
    from = page.next;
  }
  return entries;
}

/** What the entries demand, by attempt. */
export function answeredCalls(entries: readonly SimulatorEntry[]): AnsweredCalls {
  const expected: ExpectedUsage[] = [];
  const withoutUsage = new Set<string>();
  const unclear = new Set<string>();
  const repeated: string[] = [];
  const seen = new Set<string>();
  let unattributed = 0;
  for (const { attemptId, provider, model, status, usage } of entries) {
    if (attemptId === null) {
      unattributed += 1;
      continue;
    }
    if (seen.has(attemptId)) repeated.push(attemptId);
    seen.add(attemptId);
    const quantities = status === 200 && usage !== null ? answeredQuantities(provider, usage) : {};
    if (quantities === undefined) unclear.add(attemptId);
    else if (Object.keys(quantities).length === 0) withoutUsage.add(attemptId);
    else expected.push({ id: attemptId, provider, model, quantities });
  }
  return { expected, withoutUsage, unclear, repeated, unattributed };
}
