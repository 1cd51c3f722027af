import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { cleanupOpenApiDoc } from 'nestjs-zod';

const PROBLEM_SCHEMA = {
  type: 'object' as const,
  description: 'What went wrong and what to do about it (RFC 9457)',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' as const, description: 'where this kind of problem is explained' },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    detail: { type: 'string' as const, description: 'what happened this time' },
    code: { type: 'string' as const, description: 'stable name that programs switch on' },
    fix: { type: 'string' as const, description: 'what to do' },
    instance: { type: 'string' as const },
    errors: {
      type: 'array' as const,
      description: 'each wrong field',
      items: {
        type: 'object' as const,
        required: ['field', 'detail', 'fix'],
        properties: { field: { type: 'string' as const }, detail: { type: 'string' as const }, fix: { type: 'string' as const } },
      },
    },
  },
};
const PROBLEM_RESPONSE = {
  description: 'A problem',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The OpenAPI 3.1 document of an application's routes, without /internal. Every operation may answer with a problem. */
export function openApiDocument(app: INestApplication, service: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle(`Tollgate ${service}`)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addSecurity('key', { type: 'http', scheme: 'bearer', description: 'An API key (tg_…)' });
  const document = cleanupOpenApiDoc(SwaggerModule.createDocument(app, builder.build()), { version: '3.1' });
  document.paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => !path.startsWith('/internal')));
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA } };
  for (const item of Object.values(document.paths)) {
    for (const operation of [item.get, item.post, item.put, item.patch, item.delete])
      if (operation) operation.responses['default'] ??= PROBLEM_RESPONSE;
  }
  return document;
}
