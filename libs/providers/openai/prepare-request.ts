import { scanMembers, type JsonMember } from '../json/scan-members';
import { applySplices, insertMember, removeMembers, type Splice } from '../json/splice';
import { outputBoundMember } from './output-bound';
import type { OpenAiRequest } from './read-request';

/** What has to change in a request before it is passed on. */
export interface OpenAiRequestChanges {
  readonly provider: string;
  /** The model's name at the vendor. */
  readonly model: string;
  /** Bounds the completion when the client set no bound, or a larger one. Absent: left as it is. */
  readonly maxOutputTokens?: number;
  /** Members of `metadata` that are ours. When nothing else is in it, `metadata` goes altogether, since vendors refuse it unless the call is stored. */
  readonly isOurTag: (key: string) => boolean;
}

/**
 * The body to send: `model` as the vendor knows it, `stream_options.include_usage` in a stream, the output bound, and metadata without our tags. Every
 * other byte is the client's, blanks and duplicates included. Returns the same buffer when nothing changes.
 */
export function prepareOpenAiRequest(request: OpenAiRequest, changes: OpenAiRequestChanges): Buffer {
  const tags = tagRemovals(request, changes.isOurTag);
  const remains = request.members.length > tags.emptied.size;
  const splices = [
    ...replaceAll(
      request,
      'model',
      JSON.stringify(changes.model),
      (member) => textOf(request.body, member) === JSON.stringify(changes.model),
    ),
    ...boundOutput(request, changes, remains),
    ...(request.stream && !request.includesUsage ? askForUsage(request, remains) : []),
    ...removeMembers(request.members, (member) => tags.emptied.has(member)),
    ...tags.within,
  ];
  return applySplices(request.body, splices);
}

/** Duplicates are changed alike: whichever of them the vendor reads, it reads ours. */
function replaceAll(request: OpenAiRequest, key: string, text: string, isRight: (member: JsonMember) => boolean): Splice[] {
  return membersOf(request, key)
    .filter((member) => !isRight(member))
    .map(({ valueStart, valueEnd }) => ({ start: valueStart, end: valueEnd, text }));
}

function boundOutput(request: OpenAiRequest, { provider, maxOutputTokens }: OpenAiRequestChanges, remains: boolean): Splice[] {
  if (maxOutputTokens === undefined) return [];
  const set = [...membersOf(request, 'max_tokens'), ...membersOf(request, 'max_completion_tokens')].filter(
    (member) => textOf(request.body, member) !== 'null',
  );
  if (set.length === 0) {
    const nulls = membersOf(request, outputBoundMember(provider));
    if (nulls.length > 0)
      return nulls.map(({ valueStart, valueEnd }) => ({ start: valueStart, end: valueEnd, text: String(maxOutputTokens) }));
    return [insertMember(request.objectStart, remains, outputBoundMember(provider), String(maxOutputTokens))];
  }
  return set
    .filter((member) => !(Number(textOf(request.body, member)) <= maxOutputTokens))
    .map(({ valueStart, valueEnd }) => ({ start: valueStart, end: valueEnd, text: String(maxOutputTokens) }));
}

function askForUsage(request: OpenAiRequest, remains: boolean): Splice[] {
  const existing = membersOf(request, 'stream_options');
  if (existing.length === 0) return [insertMember(request.objectStart, remains, 'stream_options', '{"include_usage":true}')];
  return existing.flatMap((options): Splice[] => {
    if (request.body[options.valueStart] !== 0x7b)
      return [{ start: options.valueStart, end: options.valueEnd, text: '{"include_usage":true}' }];
    const { members, start } = scanMembers(request.body, options.valueStart);
    const asked = members.filter(({ key }) => key === 'include_usage');
    if (asked.length === 0) return [insertMember(start, members.length > 0, 'include_usage', 'true')];
    return asked.map(({ valueStart, valueEnd }) => ({ start: valueStart, end: valueEnd, text: 'true' }));
  });
}

/** Metadata objects that hold nothing but our tags, and the edits within those that hold more. */
function tagRemovals(request: OpenAiRequest, isOurTag: (key: string) => boolean): { emptied: Set<JsonMember>; within: Splice[] } {
  const emptied = new Set<JsonMember>();
  const within: Splice[] = [];
  for (const metadata of membersOf(request, 'metadata')) {
    if (request.body[metadata.valueStart] !== 0x7b) continue;
    const { members } = scanMembers(request.body, metadata.valueStart);
    const ours = members.filter(({ key }) => isOurTag(key));
    if (ours.length === 0) continue;
    if (ours.length === members.length) emptied.add(metadata);
    else within.push(...removeMembers(members, ({ key }) => isOurTag(key)));
  }
  return { emptied, within };
}

function membersOf(request: OpenAiRequest, key: string): JsonMember[] {
  return request.members.filter((member) => member.key === key);
}

function textOf(body: Buffer, { valueStart, valueEnd }: JsonMember): string {
  return body.toString('utf8', valueStart, valueEnd);
}
