import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatewayDocument } from './gateway-document';

describe('the gateway’s document', () => {
  it('shows every path that the gateway routes', () => {
    const source = readFileSync(join(__dirname, '../gateway/gateway.ts'), 'utf8');
    const routed = [...source.matchAll(/case '(\/v1[^']*)'/g)].map((match) => match[1] as string);
    expect(routed.length).toBeGreaterThanOrEqual(4);
    expect(Object.keys(gatewayDocument.paths)).toEqual(expect.arrayContaining(routed));
  });

  it('refers to schemas that it has', () => {
    const references = [...JSON.stringify(gatewayDocument).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] as string);
    expect(Object.keys(gatewayDocument.components.schemas)).toEqual(expect.arrayContaining(references));
  });
});
