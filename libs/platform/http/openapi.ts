import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { cleanupOpenApiDoc } from 'nestjs-zod';

/** The OpenAPI 3.1 document of an application's routes, without /internal. */
export function openApiDocument(app: INestApplication, service: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle(`Tollgate ${service}`)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addSecurity('key', { type: 'http', scheme: 'bearer', description: 'An API key (tg_…)' });
  const document = cleanupOpenApiDoc(SwaggerModule.createDocument(app, builder.build()), { version: '3.1' });
  document.paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => !path.startsWith('/internal')));
  return document;
}
