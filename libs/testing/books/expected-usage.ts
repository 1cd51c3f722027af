/** A call that a provider answered, or an event that was accepted, as whoever saw it outside the system knows it. */
export interface ExpectedUsage {
  /** The event's id (of a call: the attempt's), or `source|id` of an event of the usage API. */
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  /** Disjoint quantities by unit, canonical decimals, none of them zero. */
  readonly quantities: Readonly<Record<string, string>>;
}

/** The id of an expected event of the usage API, by what its sender called it. */
export function reportedEventId(source: string, id: string): string {
  return `${source}|${id}`;
}
