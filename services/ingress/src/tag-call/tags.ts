import { tagsMalformed } from '../gateway/problems';

export type Tags = { readonly [name: string]: string };

/** The tags that have columns of their own in every report. */
export const MAIN_TAGS = ['project', 'team', 'env', 'feature'] as const;

/** A free tag travels in the body's metadata under this prefix. */
const METADATA_PREFIX = 'tollgate_';
const MAX_TAGS = 32;
const MAX_VALUE_LENGTH = 256;
const NAME = /^[a-z][a-z0-9_.-]{0,62}$/;
const NO_TAGS: Tags = Object.freeze({});
const MAIN = new Set<string>(MAIN_TAGS);
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Reads `X-Tollgate-Tags: team=search, env=prod`. Values may be percent-encoded, which is how a comma or a letter outside ASCII gets into one.
 * @throws Problem 400 that says which part is wrong.
 */
export function parseTagsHeader(header: string | string[] | undefined): Tags {
  if (header === undefined || header.length === 0) return NO_TAGS;
  const text = Array.isArray(header) ? header.join(',') : header;
  const tags: Record<string, string> = {};
  for (const part of text.split(',')) {
    const trimmed = part.trim();
    if (trimmed === '') continue;
    const equals = trimmed.indexOf('=');
    if (equals < 0) throw tagsMalformed(`X-Tollgate-Tags has ${quote(trimmed)}, which is no name=value.`);
    putTag(tags, trimmed.slice(0, equals).trim(), decode(trimmed.slice(equals + 1).trim()), 'X-Tollgate-Tags');
  }
  return tags;
}

/** Whether a member of a request's `metadata` is a tag of ours, which the provider does not get to see. */
export function isTagMember(name: string): boolean {
  return MAIN.has(name) || name.startsWith(METADATA_PREFIX);
}

/** The tags in a request's `metadata`. Its other members are the provider's. @throws Problem 400. */
export function tagsOfMetadata(metadata: Record<string, unknown> | undefined): Tags {
  if (metadata === undefined) return NO_TAGS;
  const tags: Record<string, string> = {};
  for (const [member, value] of Object.entries(metadata)) {
    if (!isTagMember(member) || value === null) continue;
    if (typeof value !== 'string') throw tagsMalformed(`metadata.${member} is not a text.`);
    putTag(tags, MAIN.has(member) ? member : member.slice(METADATA_PREFIX.length), value, 'metadata');
  }
  return tags;
}

/** The tags of a reported event. @throws Problem 400. */
export function tagsOfEvent(value: unknown): Tags {
  if (value === undefined || value === null) return NO_TAGS;
  if (typeof value !== 'object' || Array.isArray(value)) throw tagsMalformed('tags is not an object.');
  const tags: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (text === null) continue;
    if (typeof text !== 'string') throw tagsMalformed(`The tag ${quote(name)} is not a text.`);
    putTag(tags, name, text, 'tags');
  }
  return tags;
}

function putTag(tags: Record<string, string>, name: string, value: string, where: string): void {
  if (!NAME.test(name)) throw tagsMalformed(`${where} has ${quote(name)}, which is no name of a tag.`);
  if (value.length > MAX_VALUE_LENGTH) throw tagsMalformed(`${where}: the value of ${name} is longer than ${MAX_VALUE_LENGTH} characters.`);
  if (CONTROL.test(value)) throw tagsMalformed(`${where}: the value of ${name} has control characters.`);
  if (value === '') return;
  tags[name] = value;
  if (Object.keys(tags).length > MAX_TAGS) throw tagsMalformed(`${where} has more than ${MAX_TAGS} tags.`);
}

function decode(value: string): string {
  if (!value.includes('%')) return Buffer.from(value, 'latin1').toString('utf8');
  try {
    return decodeURIComponent(value);
  } catch {
    throw tagsMalformed(`X-Tollgate-Tags has ${quote(value)}, which is not percent-encoded UTF-8.`);
  }
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
