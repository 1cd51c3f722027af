import type { JsonMember } from './scan-members';

/** Replaces the bytes [start, end) of a text; equal bounds insert. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies edits that do not overlap, in any order; every other byte stays as it is. Returns the same buffer when there is nothing to do. */
export function applySplices(json: Buffer, splices: readonly Splice[]): Buffer {
  if (splices.length === 0) return json;
  const pieces: Buffer[] = [];
  let position = 0;
  for (const { start, end, text } of [...splices].sort((left, right) => left.start - right.start || left.end - right.end)) {
    if (start < position) throw new RangeError('Splices overlap');
    pieces.push(json.subarray(position, start));
    if (text) pieces.push(Buffer.from(text));
    position = end;
  }
  pieces.push(json.subarray(position));
  return Buffer.concat(pieces);
}

/** Adds a member at the front of the object that begins at `objectStart`. `hasMembers` says whether any other member will remain in it. */
export function insertMember(objectStart: number, hasMembers: boolean, key: string, value: string): Splice {
  return { start: objectStart + 1, end: objectStart + 1, text: `${JSON.stringify(key)}:${value}${hasMembers ? ',' : ''}` };
}

/** Takes members out of an object, with the commas that belonged to them. */
export function removeMembers(members: readonly JsonMember[], isRemoved: (member: JsonMember) => boolean): Splice[] {
  const splices: Splice[] = [];
  let kept = false;
  for (const [index, member] of members.entries()) {
    if (!isRemoved(member)) {
      kept = true;
      continue;
    }
    const next = members[index + 1];
    const previous = members[index - 1];
    // Up to the next member's name; the last one of the object takes the comma before it along, if anything stands there.
    if (next) splices.push({ start: member.keyStart, end: next.keyStart, text: '' });
    else
      splices.push({
        start: kept && previous ? lastKept(members, index, isRemoved).valueEnd : member.keyStart,
        end: member.valueEnd,
        text: '',
      });
  }
  return mergeOverlaps(splices);
}

function lastKept(members: readonly JsonMember[], before: number, isRemoved: (member: JsonMember) => boolean): JsonMember {
  return members.slice(0, before).findLast((member) => !isRemoved(member))!;
}

/** A trailing run of removed members reaches back over those before it. */
function mergeOverlaps(splices: readonly Splice[]): Splice[] {
  const last = splices.at(-1);
  if (!last) return [];
  return [...splices.slice(0, -1).filter(({ end }) => end <= last.start), last];
}
