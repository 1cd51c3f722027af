import type { ExpectedUsage } from './expected-usage';

/** What the ledger holds of one event, over all its entries. */
export interface LedgerEvent {
  readonly eventId: string;
  /** `source|id` of an event of the usage API; null of a call. */
  readonly reportedId: string | null;
  readonly provider: string;
  readonly model: string;
  /** First charges, corrections not counted. */
  readonly firstCharges: number;
  /** The newest entry is an estimate: the truth is not known. */
  readonly estimated: boolean;
  /** Net of corrections, none of them zero. */
  readonly quantities: Readonly<Record<string, string>>;
}

/** An event whose charge is not what was answered. */
export interface WrongEvent {
  readonly id: string;
  readonly expected: string;
  readonly charged: string;
}

/** Ids by what is wrong with them; `estimated`, `parked` and `unanswered` are no faults. */
export interface EventReport {
  readonly expected: number;
  readonly exact: number;
  /** Answered, or attempted in vain, and neither charged nor parked. */
  readonly lost: string[];
  /** Charged more than once. */
  readonly double: string[];
  /** Charged with usage, and never answered. */
  readonly foreign: string[];
  /** Charged with other usage than was answered. */
  readonly wrong: WrongEvent[];
  /** Charged by an estimate that says so, since the answer or its usage was lost on the way. */
  readonly estimated: string[];
  /** Waiting for a price. */
  readonly parked: string[];
  /** Charges of nothing: not sent, refused or failed. */
  readonly unanswered: number;
}

/** What must be found in the ledger. */
export interface ExpectedEvents {
  /** With exactly this usage. */
  readonly expected: readonly ExpectedUsage[];
  /** With a charge of nothing, or an estimate. */
  readonly withoutUsage?: ReadonlySet<string>;
  /** With any charge. */
  readonly unclear?: ReadonlySet<string>;
}

/**
 * Compares by event id, never by time or order. An estimate is never wrong and never exact: it is counted apart. A charge of a reported event is foreign only
 * if others of its source are expected; events of other sources are passed over.
 */
export function compareEvents(wanted: ExpectedEvents, ledger: readonly LedgerEvent[], parkedIds: ReadonlySet<string>): EventReport {
  const expected = new Map(wanted.expected.map((usage) => [usage.id, usage]));
  const judgedSources = new Set([...expected.keys()].map(sourceOf));
  const missing = new Set([...expected.keys(), ...(wanted.withoutUsage ?? []), ...(wanted.unclear ?? [])]);
  const report = {
    lost: [] as string[],
    double: [] as string[],
    foreign: [] as string[],
    wrong: [] as WrongEvent[],
    estimated: [] as string[],
    parked: [] as string[],
  };
  let exact = 0;
  let unanswered = 0;
  for (const event of ledger) {
    const id = event.reportedId ?? event.eventId;
    const isWanted = missing.delete(id);
    if (!isWanted && event.reportedId !== null && !judgedSources.has(sourceOf(id))) continue;
    if (event.firstCharges !== 1) report.double.push(id);
    const usage = expected.get(id);
    if (event.estimated) report.estimated.push(id);
    else if (usage !== undefined) {
      if (describe(event) === describe(usage)) exact += 1;
      else report.wrong.push({ id, expected: describe(usage), charged: describe(event) });
    } else if (Object.keys(event.quantities).length === 0) unanswered += 1;
    else if (wanted.unclear?.has(id) !== true) report.foreign.push(id);
  }
  for (const id of missing) (parkedIds.has(id) ? report.parked : report.lost).push(id);
  return { expected: wanted.expected.length, exact, ...report, unanswered };
}

/** The source of a reported event's id (a URI reference, which holds no bar); undefined of a call. */
function sourceOf(id: string): string | undefined {
  const bar = id.indexOf('|');
  return bar < 0 ? undefined : id.slice(0, bar);
}

function describe({ provider, model, quantities }: Pick<ExpectedUsage, 'provider' | 'model' | 'quantities'>): string {
  const used = Object.entries(quantities)
    .filter(([unit]) => unit !== 'requests')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([unit, quantity]) => `${unit} ${quantity}`);
  return `${provider}/${model}: ${used.join(', ') || 'nothing'}`;
}
