import { wireFormatSchemas } from './gateway-schemas';

const json = (schema: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } });

const tagsHeader = {
  name: 'X-Tollgate-Tags',
  in: 'header',
  required: false,
  description:
    'Tags of this call, such as `team=search, env=prod`. They go before those of `metadata`, and these before the defaults of the key.',
  schema: { type: 'string' },
  example: 'team=search, env=prod',
};

const answerHeaders = {
  'x-tollgate-request-id': { description: 'Finds the call in `GET /api/v1/charges?requestId=`', schema: { type: 'string' } },
  'x-tollgate-cost': { description: 'What the call costs, where the price is known before the answer begins', schema: { type: 'string' } },
  'x-tollgate-currency': { description: 'The currency of x-tollgate-cost', schema: { type: 'string' } },
};

const problem = {
  description: 'A problem in the shape of OpenAI’s errors: its members stand inside `error`',
  content: json('OpenAiError'),
};

const inference = [{ key: ['inference'] }];
const tags = ['Gateway'];

/**
 * OpenAPI 3.1 of what ingress answers to clients. Written by hand, since requests go through no controllers; what a vendor's own reference says of bodies
 * is not repeated. The gateway lies at its own address, so the front door adds the server.
 */
export const gatewayDocument = {
  openapi: '3.1.0',
  info: { title: 'Tollgate gateway', version: '1' },
  security: inference,
  tags: [{ name: 'Gateway', description: 'Where applications send their calls' }],
  paths: {
    '/v1/chat/completions': {
      post: {
        tags,
        operationId: 'createChatCompletion',
        summary: 'Call a chat model in OpenAI’s format',
        description:
          'The body and the answer are those of OpenAI’s API and pass byte for byte; only `model`, `stream_options` and the output bound change, and our tags leave `metadata`. Works with any client of OpenAI: set its base URL to the gateway’s with `/v1`. Under a hard limit, a call that would pass it is answered 402.',
        parameters: [tagsHeader],
        requestBody: { required: true, content: json('ChatCompletionRequest') },
        responses: {
          200: {
            description: 'What the provider answered; with `stream: true` its event stream',
            headers: answerHeaders,
            content: { ...json('ProviderAnswer'), 'text/event-stream': { schema: { type: 'string' } } },
          },
          default: problem,
        },
      },
    },
    '/v1/embeddings': {
      post: {
        tags,
        operationId: 'createEmbedding',
        summary: 'Call an embedding model in OpenAI’s format',
        parameters: [tagsHeader],
        requestBody: { required: true, content: json('EmbeddingRequest') },
        responses: {
          200: { description: 'What the provider answered', headers: answerHeaders, content: json('ProviderAnswer') },
          default: problem,
        },
      },
    },
    '/v1/models': {
      get: {
        tags,
        operationId: 'listGatewayModels',
        summary: 'List the models that the key may call',
        responses: { 200: { description: 'As OpenAI lists models', content: json('ListedModels') }, default: problem },
      },
    },
    '/v1/models/{model}': {
      get: {
        tags,
        operationId: 'showGatewayModel',
        summary: 'Show a model that the key may call',
        parameters: [
          {
            name: 'model',
            in: 'path',
            required: true,
            description: 'Its full name; the slash in it may be written plainly',
            schema: { type: 'string' },
            example: 'openai/gpt-4o',
          },
        ],
        responses: { 200: { description: 'As OpenAI shows a model', content: json('ListedModel') }, default: problem },
      },
    },
    '/v1/usage/events': {
      post: {
        tags,
        operationId: 'reportUsage',
        summary: 'Report usage of calls made elsewhere',
        description:
          'CloudEvents 1.0, one or up to 1,000. An event is the same for ever by (organisation, source, id): sent again, it is counted once. One bad event spoils no other. `time` may lie 13 months back and 5 minutes ahead; missing, it is when the event is received.',
        security: [{ key: ['usage:write'] }],
        requestBody: {
          required: true,
          content: {
            'application/cloudevents+json': { schema: { $ref: '#/components/schemas/UsageEvent' } },
            'application/cloudevents-batch+json': {
              schema: { type: 'array', maxItems: 1_000, items: { $ref: '#/components/schemas/UsageEvent' } },
            },
          },
        },
        responses: {
          202: { description: 'What became of each event, in their order', content: json('UsageResults') },
          default: {
            description: 'A problem',
            content: { 'application/problem+json': { schema: { type: 'object', description: 'RFC 9457' } } },
          },
        },
      },
    },
  },
  components: {
    schemas: wireFormatSchemas,
    securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key (tg_…)' } },
  },
};
