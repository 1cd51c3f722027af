import type { FetchedRecord } from './consumer-session';

/** Cuts a poll into slices of at most so many records and bytes of values; a record larger than that makes a slice of its own. */
export function* slices(records: readonly FetchedRecord[], maxRecords: number, maxBytes: number): Generator<readonly FetchedRecord[]> {
  let from = 0;
  let bytes = 0;
  for (let at = 0; at < records.length; at += 1) {
    const size = records[at]!.value?.length ?? 0;
    if (at > from && (at - from >= maxRecords || bytes + size > maxBytes)) {
      yield records.slice(from, at);
      from = at;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < records.length) yield records.slice(from);
}
