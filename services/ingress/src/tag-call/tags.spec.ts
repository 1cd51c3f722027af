import type { ApiKey, Organization, Project } from '@tollgate/contracts';
import type { Problem } from '@tollgate/platform/http';
import { describe, expect, it } from 'vitest';
import type { Directory } from '../directory/directory';
import { TagRules } from './tag-rules';
import { isTagMember, parseTagsHeader, tagsOfEvent, tagsOfMetadata } from './tags';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Problem).code;
  }
  return 'fine';
}

describe('the header X-Tollgate-Tags', () => {
  it.each([
    ['team=search, env=prod', { team: 'search', env: 'prod' }],
    ['team = search ,, env=', { team: 'search' }],
    ['note=a%2C%20b%3D%C3%BC', { note: 'a, b=ü' }],
    // Node hands header bytes over as Latin-1; a client that writes UTF-8 means UTF-8.
    [Buffer.from('team=Größe').toString('latin1'), { team: 'Größe' }],
    ['a=b=c', { a: 'b=c' }],
    [undefined, {}],
  ])('%j is read as %j', (header, tags) => expect(parseTagsHeader(header)).toEqual(tags));

  it.each([
    'team',
    'Team=x',
    '=x',
    'a b=c',
    `a=${'x'.repeat(257)}`,
    'a=%zz',
    'a=%00',
    Array.from({ length: 33 }, (_, n) => `t${n}=1`).join(),
  ])('%j is refused', (header) => expect(codeOf(() => parseTagsHeader(header))).toBe('invalid_tags'));

  it('cannot reach what every object has', () => {
    expect(codeOf(() => parseTagsHeader('__proto__=x'))).toBe('invalid_tags');
    expect(Object.getPrototypeOf(parseTagsHeader('constructor=x'))).toBe(Object.prototype);
  });
});

describe('metadata', () => {
  it('has our tags and, under a prefix, free ones; the rest is the provider’s', () => {
    expect(tagsOfMetadata({ team: 'search', tollgate_ticket: 'T-1', user: 'u', env: null })).toEqual({ team: 'search', ticket: 'T-1' });
    expect(['project', 'feature', 'tollgate_x', 'user', 'Team'].map(isTagMember)).toEqual([true, true, true, false, false]);
  });

  it('refuses a tag that is no text', () => expect(codeOf(() => tagsOfMetadata({ team: 7 }))).toBe('invalid_tags'));
});

describe('tags of an event', () => {
  it('are names with texts', () => {
    expect(tagsOfEvent({ project: 'search', ticket: 'T-1', env: null })).toEqual({ project: 'search', ticket: 'T-1' });
    for (const bad of [[], 'x', 7, { team: {} }, { team: 1 }]) expect(codeOf(() => tagsOfEvent(bad))).toBe('invalid_tags');
  });
});

describe('the tags that count', () => {
  const project = (slug: string, status = 'active') => ({ slug, status }) as Project;
  const directory = {
    project: (_: string, slug: string) => ({ search: project('search'), old: project('old', 'archived') })[slug],
  } as unknown as Directory;
  const asked: string[] = [];
  const accounts = {
    authenticate: () => Promise.reject(new Error()),
    hasProject: (_: string, slug: string) => (asked.push(slug), Promise.resolve(slug === 'new')),
  };
  const rules = new TagRules(directory, accounts, { now: () => 0 });
  const settle = (key: Partial<ApiKey>, organization: Partial<Organization>, ...layers: Record<string, string>[]) =>
    rules.settle(
      {
        key: { project: '', mayTagProject: false, tags: {}, ...key } as ApiKey,
        organization: { id: 'o', requiredTags: [], missingTags: 'untagged', ...organization } as Organization,
      },
      ...layers,
    );

  it('are the key’s defaults, below metadata, below the header', () => {
    expect(settle({ tags: { team: 'a', env: 'a', feature: 'a' } }, {}, { env: 'b', feature: 'b' }, { feature: 'c' })).toEqual({
      team: 'a',
      env: 'b',
      feature: 'c',
    });
  });

  it('keep a bound key in its project, unless it may tag others', () => {
    expect(settle({ project: 'search' }, {})).toEqual({ project: 'search' });
    expect(codeOf(() => settle({ project: 'other' }, {}, { project: 'search' }))).toBe('project_refused');
    expect(settle({ project: 'other', mayTagProject: true }, {}, { project: 'search' })).toEqual({ project: 'search' });
  });

  it('are refused for an archived project, and for one that accounts doesn’t know either', async () => {
    expect(codeOf(() => settle({}, {}, { project: 'old' }))).toBe('project_unknown');
    await expect(settle({}, {}, { project: 'nope' })).rejects.toMatchObject({ code: 'project_unknown', status: 400 });
    expect(await settle({}, {}, { project: 'new' })).toEqual({ project: 'new' });
    expect(asked).toEqual(['nope', 'new']);
  });

  it('must have those that the organisation requires, if it refuses calls without', () => {
    const strict = { requiredTags: ['team', 'env'], missingTags: 'refuse' };
    expect(codeOf(() => settle({ tags: { team: 'a' } }, strict))).toBe('tags_missing');
    expect(settle({ tags: { team: 'a' } }, strict, { env: 'prod' })).toEqual({ team: 'a', env: 'prod' });
    expect(settle({}, { ...strict, missingTags: 'untagged' })).toEqual({});
  });
});
