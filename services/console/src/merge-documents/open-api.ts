/** As much of an OpenAPI 3.1 document as merging and showing need. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description?: string };
  servers?: Server[];
  /** For operations that say nothing themselves. */
  security?: Record<string, string[]>[];
  tags?: { name: string; description?: string }[];
  paths: Record<string, PathItem>;
  components?: {
    schemas?: Record<string, Schema>;
    securitySchemes?: Record<string, unknown>;
    [kind: string]: Record<string, unknown> | undefined;
  };
  /** Problem codes that the service may answer with, for /docs/problems. */
  'x-problems'?: ProblemEntry[];
  [extension: string]: unknown;
}

export interface Server {
  url: string;
  description?: string;
}

export type PathItem = { servers?: Server[]; parameters?: Parameter[] } & Partial<Record<Method, Operation>>;

export const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;
export type Method = (typeof METHODS)[number];

export interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  deprecated?: boolean;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; description?: string; content: Record<string, MediaType> };
  responses?: Record<string, { description?: string; content?: Record<string, MediaType> }>;
  security?: Record<string, string[]>[];
  servers?: Server[];
}

export interface MediaType {
  schema?: Schema;
  example?: unknown;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

/** A JSON Schema of draft 2020-12; `true` and `false` are written as empty objects by the generators in use. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  deprecated?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  [keyword: string]: unknown;
}

/** One problem code: what it means and what to do. */
export interface ProblemEntry {
  code: string;
  status: number;
  title: string;
  meaning: string;
  fix: string;
}
