const text = (description: string, example?: string) => ({ type: 'string', description, ...(example === undefined ? {} : { example }) });

const model = text('`provider/model`, or a bare name that one connected provider has', 'openai/gpt-4o-mini');
const metadata = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'Tags of this call (project, team, env, feature and free ones); they are not sent on',
};

const listedModel = {
  type: 'object',
  required: ['id', 'object', 'created', 'owned_by'],
  properties: { id: text('`provider/model`'), object: { const: 'model' }, created: { type: 'integer' }, owned_by: text('The provider') },
};

/** Schemas of the gateway's document. Vendors' bodies are open: what is not named here passes as it is. */
export const wireFormatSchemas = {
  ChatCompletionRequest: {
    type: 'object',
    required: ['model', 'messages'],
    additionalProperties: true,
    properties: {
      model,
      messages: {
        type: 'array',
        items: { type: 'object', additionalProperties: true },
        description: 'As in OpenAI’s reference',
        example: [{ role: 'user', content: 'Hello' }],
      },
      stream: { type: 'boolean', description: 'Answer as an event stream' },
      max_completion_tokens: { type: 'integer', description: 'Bounds the output, and with it what a hard limit holds for the call' },
      metadata,
    },
  },
  EmbeddingRequest: {
    type: 'object',
    required: ['model', 'input'],
    additionalProperties: true,
    properties: {
      model: { ...model, example: 'openai/text-embedding-3-small' },
      input: { anyOf: [{ type: 'string' }, { type: 'array', items: {} }], description: 'As in OpenAI’s reference', example: 'Hello' },
      metadata,
    },
  },
  ProviderAnswer: { type: 'object', additionalProperties: true, description: 'The provider’s own answer' },
  ListedModel: listedModel,
  ListedModels: {
    type: 'object',
    required: ['object', 'data'],
    properties: { object: { const: 'list' }, data: { type: 'array', items: { $ref: '#/components/schemas/ListedModel' } } },
  },
  UsageEvent: {
    type: 'object',
    required: ['specversion', 'type', 'source', 'id', 'data'],
    properties: {
      specversion: { const: '1.0' },
      type: { const: 'tollgate.usage' },
      source: text('Which system reports', 'batch-jobs'),
      id: text('Unique within the source', '2026-10-01-0001'),
      time: { type: 'string', format: 'date-time', description: 'When the call was made' },
      data: {
        type: 'object',
        required: ['provider', 'model', 'quantities'],
        properties: {
          provider: text('Such as openai, anthropic, google, aws', 'openai'),
          model: text('As its vendor names it', 'gpt-4o-mini'),
          operation: text('Such as chat', 'chat'),
          quantities: {
            type: 'object',
            additionalProperties: { type: 'string' },
            description: 'Decimal strings by unit; units are disjoint, and an unknown one is rejected',
            example: { input_tokens: '812', output_tokens: '96' },
          },
          attributes: {
            type: 'object',
            additionalProperties: { type: 'string' },
            description: 'What prices depend on, such as service_tier or image size',
          },
          tags: {
            type: 'object',
            additionalProperties: { type: 'string' },
            description: 'project, team, env, feature and free ones',
            example: { team: 'search' },
          },
        },
      },
    },
  },
  UsageResults: {
    type: 'object',
    required: ['results'],
    properties: {
      results: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'status'],
          properties: {
            id: text('The event’s id'),
            status: { enum: ['accepted', 'duplicate', 'rejected'], description: '`duplicate` is best effort; the ledger decides' },
            reason: text('Why it was rejected'),
          },
        },
      },
    },
  },
  OpenAiError: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        additionalProperties: true,
        required: ['message', 'type', 'code'],
        properties: {
          message: text('What happened and what to do'),
          type: text('OpenAI’s kind of error'),
          code: text('Stable name that programs switch on'),
          param: { type: ['string', 'null'] },
        },
      },
    },
  },
};
