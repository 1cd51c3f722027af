import { describe, expect, it } from 'vitest';
import type { OpenApiDocument } from '../merge-documents/open-api';
import { memberRows, typeName } from './describe-schema';

const document: OpenApiDocument = {
  openapi: '3.1.0',
  info: { title: 't', version: '1' },
  paths: {},
  components: {
    schemas: {
      Line: { type: 'object', properties: { amount: { type: 'string' } }, required: ['amount'] },
      Tree: { type: 'object', properties: { child: { $ref: '#/components/schemas/Tree' } } },
    },
  },
};

describe('a type', () => {
  it.each([
    [{ type: 'string', format: 'uuid' }, 'string (uuid)'],
    [{ type: 'array', items: { type: 'string' } }, 'list of string'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string or null'],
    [{ type: ['integer', 'null'] }, 'integer or null'],
    [{ enum: ['day', 'week'] }, '"day" or "week"'],
    [{ const: 1 }, '1'],
    [{ $ref: '#/components/schemas/Line' }, 'object'],
    [{ $ref: '#/components/schemas/Missing' }, 'any'],
    [{}, 'any'],
  ])('%j reads %s', (schema, name) => {
    expect(typeName(schema, document)).toBe(name);
  });
});

describe('the members of a schema', () => {
  it('are listed with what is inside lists, maps and nullable objects', () => {
    const rows = memberRows(
      {
        type: 'object',
        required: ['lines'],
        properties: {
          lines: { type: 'array', items: { $ref: '#/components/schemas/Line' }, description: 'What is billed' },
          quantities: { type: 'object', additionalProperties: { type: 'string' } },
          fx: { anyOf: [{ $ref: '#/components/schemas/Line' }, { type: 'null' }] },
          limit: { type: 'integer', default: 100, minimum: 1, maximum: 1000 },
        },
      },
      document,
    );
    expect(rows.map(({ path, type, required }) => `${path}: ${type}${required ? '!' : ''}`)).toEqual([
      'lines: list of object!',
      'lines[].amount: string!',
      'quantities: object',
      'quantities.*: string',
      'fx: object or null',
      'fx.amount: string!',
      'limit: integer',
    ]);
    expect(rows[0]?.description).toBe('What is billed.');
    expect(rows[6]?.description).toBe('Default 100. At least 1. At most 1000.');
  });

  it('end somewhere when a schema contains itself', () => {
    expect(memberRows({ $ref: '#/components/schemas/Tree' }, document).length).toBeLessThan(10);
  });
});
