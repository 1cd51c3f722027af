import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { zodProblem } from './zod-problem';

const strictSchemas = new WeakMap<z.ZodType, z.ZodType>();

/**
 * Validates what controllers take as classes made by nestjs-zod's `createZodDto(schema)`; such a class is also what the OpenAPI document shows.
 * Unknown members are refused by name, also where the schema is a plain `z.object`. (Nested objects are strict when written as `z.strictObject`.)
 */
export class ZodValidationPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (!isZodDto(metatype)) return value;
    // A POST whose members are all optional may come without a body.
    const result = strict(metatype.schema).safeParse(value ?? (type === 'body' ? {} : value));
    if (result.success) return result.data;
    throw zodProblem(result.error, type === 'param' ? 'path' : type === 'query' ? 'query' : 'body');
  }
}

function isZodDto(metatype: unknown): metatype is { schema: z.ZodType } {
  return typeof metatype === 'function' && (metatype as { isZodDto?: unknown }).isZodDto === true;
}

function strict(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodObject) || schema.def.catchall !== undefined) return schema;
  const known = strictSchemas.get(schema);
  if (known) return known;
  const made = schema.strict();
  strictSchemas.set(schema, made);
  return made;
}
