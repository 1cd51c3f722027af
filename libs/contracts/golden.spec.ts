import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topics, type Codec } from './index';
import { samples } from './golden-samples';

const folder = join(__dirname, '../../proto/golden');

describe('golden samples', () => {
  it('exist for every topic and for nothing else', () => {
    const files = readdirSync(folder).map((file) => file.replace(/\.v1\.hex$/, ''));
    expect(files.sort()).toEqual(Object.keys(topics).sort());
  });

  for (const [name, topic] of Object.entries(topics)) {
    const bytes = Buffer.from(readFileSync(join(folder, `${name}.v1.hex`), 'utf8').replace(/\s/g, ''), 'hex');
    const codec = topic as Codec<unknown>;

    it(`${topic.name}: what was once written is still read as the same message`, () => {
      expect(codec.decode(bytes)).toEqual(samples[name as keyof typeof samples]);
    });

    it(`${topic.name}: the message is still written as the same bytes`, () => {
      expect(Buffer.from(codec.encode(samples[name as keyof typeof samples])).toString('hex')).toBe(bytes.toString('hex'));
    });
  }
});
