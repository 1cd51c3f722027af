import type { Connection, Model } from '@tollgate/contracts';
import type { Problem } from '@tollgate/platform/http';
import { describe, expect, it } from 'vitest';
import type { Directory } from '../directory/directory';
import { resolveModel } from './model-resolver';

const models = ['openai/gpt-4o', 'azure/gpt-4o', 'openai/o3', 'groq/meta-llama/llama-4', 'mistral/large'].map((name) => {
  const slash = name.indexOf('/');
  return { provider: name.slice(0, slash), model: name.slice(slash + 1) } as Model;
});

function directoryOf(...connections: Partial<Connection>[]): Directory {
  return {
    activeConnections: () => connections,
    model: (provider: string, model: string) => models.find((one) => one.provider === provider && one.model === model),
    modelsNamed: (name: string) => models.filter(({ model }) => model === name),
  } as unknown as Directory;
}

const openai = { id: 'shared', provider: 'openai' };
const azure = { id: 'azure', provider: 'azure' };
const groq = { id: 'groq', provider: 'groq', allowUnknownModels: true };

function found(directory: Directory, name: string): string {
  try {
    const { connection, provider, model, known } = resolveModel(directory, 'org', name);
    return `${connection.id}: ${provider} ${model}${known ? '' : ' unknown'}`;
  } catch (error) {
    return `${(error as Problem).status} ${(error as Problem).detail}`;
  }
}

describe('a model', () => {
  it.each([
    ['openai/gpt-4o', 'shared: openai gpt-4o'],
    ['gpt-4o', 'shared: openai gpt-4o'],
    ['o3', 'shared: openai o3'],
    ['groq/meta-llama/llama-4', 'groq: groq meta-llama/llama-4'],
    ['meta-llama/llama-4', 'groq: groq meta-llama/llama-4'],
    ['groq/new-one', 'groq: groq new-one unknown'],
    ['openai/new-one', '404 The model "openai/new-one" is not one that openai is known to have.'],
    ['large', '404 The model "large" is not offered by a connected provider.'],
    ['new-one', '404 The model "new-one" is not known.'],
    ['groq/', '404 The model "groq/" is not one that groq is known to have.'],
  ])('%s goes to %s', (name, target) => expect(found(directoryOf(openai, groq), name)).toBe(target));

  it('goes to the organisation’s own connection before the shared one', () => {
    expect(found(directoryOf({ id: 'own', provider: 'openai' }, openai), 'gpt-4o')).toBe('own: openai gpt-4o');
  });

  it('that several connected providers have must be named with one', () => {
    expect(found(directoryOf(openai, azure), 'gpt-4o')).toContain('name one of openai/gpt-4o, azure/gpt-4o');
    expect(found(directoryOf(openai, azure), 'azure/gpt-4o')).toBe('azure: azure gpt-4o');
  });
});
