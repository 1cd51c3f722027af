import { errorBody } from './answer-plain';

/** The members of a request that an answer depends on. */
export interface CallBody {
  model: string;
  messages?: unknown;
  input?: unknown;
  stream?: unknown;
  stream_options?: { include_usage?: unknown } | null;
  max_tokens?: unknown;
  max_completion_tokens?: unknown;
  n?: unknown;
  encoding_format?: unknown;
}

interface Refusal {
  status: number;
  /** OpenAI's error shape. */
  refusal: string;
}

/** The request's body, or the error that OpenAI answers to a malformed one. */
export function readCall(text: string, endpoint: string): { body: CallBody } | Refusal {
  let body: Partial<CallBody> | null;
  try {
    body = JSON.parse(text) as Partial<CallBody> | null;
  } catch {
    return refuse('We could not parse the JSON body of your request.', null, null);
  }
  if (typeof body?.model !== 'string') return refuse('you must provide a model parameter', null, null);
  if (body.model.includes('no-such-model')) {
    const refusal = errorBody(
      `The model \`${body.model}\` does not exist or you do not have access to it.`,
      'invalid_request_error',
      'model_not_found',
    );
    return { status: 404, refusal };
  }
  if (endpoint === '/embeddings') {
    if (body.input === undefined) return refuse("Missing required parameter: 'input'.", 'missing_required_parameter', 'input');
  } else if (!Array.isArray(body.messages)) {
    return refuse("Missing required parameter: 'messages'.", 'missing_required_parameter', 'messages');
  } else if (body.messages.length === 0) {
    return refuse("Invalid 'messages': empty array. Expected an array with minimum length 1.", 'empty_array', 'messages');
  }
  return { body: body as CallBody };
}

function refuse(message: string, code: string | null, param: string | null): Refusal {
  return { status: 400, refusal: errorBody(message, 'invalid_request_error', code, param) };
}
