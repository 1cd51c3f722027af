import { Problem } from '@tollgate/platform/http';

/** What can go wrong with a call before it reaches a provider, and what its sender should do. One function an error; the codes are stable. */
export const keyMissing = () =>
  new Problem({
    status: 401,
    code: 'invalid_api_key',
    title: 'No API key',
    detail: 'The request carries no API key.',
    fix: 'Send the header Authorization: Bearer tg_….',
  });

export const keyMalformed = () =>
  new Problem({
    status: 401,
    code: 'invalid_api_key',
    title: 'Not an API key',
    detail: 'The API key is not one of this gateway, or a character of it is wrong.',
    fix: 'Copy the whole key again: tg_, its environment, and 36 characters.',
  });

export const keyInvalid = (reason: 'unknown' | 'revoked' | 'expired' | 'replaced') =>
  new Problem({
    status: 401,
    code: 'invalid_api_key',
    title: 'The API key is not valid',
    detail: reason === 'unknown' ? 'There is no such API key.' : `The API key is ${reason}.`,
    fix: 'Use a valid key, or create a new one.',
    reason: `key_${reason}`,
  });

export const scopeMissing = (scope: string) =>
  new Problem({
    status: 403,
    code: 'scope_missing',
    title: 'The key may not do this',
    detail: `The API key has no scope ${scope}.`,
    fix: `Create a key with the scope ${scope}.`,
  });

export const operatorKey = () =>
  new Problem({
    status: 403,
    code: 'no_organization',
    title: 'The key belongs to no organisation',
    detail: "An operator's key cannot make calls: nobody could be billed.",
    fix: 'Use a key of the organisation that the call is for.',
  });

export const organizationSuspended = () =>
  new Problem({
    status: 403,
    code: 'organization_suspended',
    title: 'The organisation is suspended',
    detail: 'The organisation that the API key belongs to is suspended.',
    fix: 'Ask the operator of this gateway.',
  });

/** Something that the gateway needs is away at the moment; never a reason to refuse a valid key. */
export const unavailableNow = (what: string, retryAfterSeconds = 2) =>
  new Problem({
    status: 503,
    code: 'temporarily_unavailable',
    title: 'Not available now',
    detail: what,
    fix: `Try again in ${retryAfterSeconds} seconds.`,
    retryAfterSeconds,
  });

/** Without its journal the gateway could lose the call, so it takes none. */
export const spoolUnusable = () => unavailableNow('The journal of calls cannot take more at the moment.', 5);

export const noSuchPath = (method: string, path: string) =>
  new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: `There is no ${method} ${path.slice(0, 200)} here.`,
    fix: 'Use POST /v1/chat/completions, POST /v1/embeddings, GET /v1/models or POST /v1/usage/events.',
  });

export const methodNotAllowed = (method: string, allowed: string) =>
  new Problem({
    status: 405,
    code: 'method_not_allowed',
    title: 'Method not allowed',
    detail: `${method.slice(0, 20)} is not what this path takes.`,
    fix: `Use ${allowed}.`,
  });

export const bodyTooLarge = (limitBytes: number) =>
  new Problem({
    status: 413,
    code: 'body_too_large',
    title: 'The body is too large',
    detail: `The request body is larger than ${limitBytes} bytes.`,
    fix: 'Send less: shorten the conversation, or pass files by URL.',
    limitBytes,
  });

export const encodingUnsupported = (encoding: string) =>
  new Problem({
    status: 415,
    code: 'content_encoding_unsupported',
    title: 'The content encoding is not supported',
    detail: `The request body has the content encoding ${JSON.stringify(encoding.slice(0, 60))}.`,
    fix: 'Send the body as it is, without Content-Encoding.',
  });

export const bodyMalformed = (detail: string, param?: string) =>
  new Problem({
    status: 400,
    code: 'invalid_body',
    title: 'The body is not understood',
    detail,
    fix: 'Send a JSON object as the API reference describes it.',
    ...(param === undefined ? {} : { param }),
  });

export const modelMissing = () =>
  new Problem({
    status: 400,
    code: 'model_missing',
    title: 'No model',
    detail: 'The request names no model.',
    fix: 'Name one as provider/model, such as openai/gpt-4o. GET /v1/models lists what this key may use.',
    param: 'model',
  });

export const modelUnknown = (model: string, hint: string) =>
  new Problem({
    status: 404,
    code: 'model_not_found',
    title: 'No such model',
    detail: `The model ${JSON.stringify(model.slice(0, 120))} ${hint}`,
    fix: 'GET /v1/models lists what this key may use.',
    param: 'model',
  });

export const tagsMalformed = (detail: string) =>
  new Problem({
    status: 400,
    code: 'invalid_tags',
    title: 'The tags are not understood',
    detail,
    fix: 'Write X-Tollgate-Tags: team=search, env=prod. Names are lower-case letters, digits, _ . and -; values up to 256 characters.',
  });

export const tagsMissing = (missing: readonly string[]) =>
  new Problem({
    status: 400,
    code: 'tags_missing',
    title: 'Tags are missing',
    detail: `The organisation requires the tags ${missing.join(', ')}.`,
    fix: `Send them in the header X-Tollgate-Tags, in the body's metadata, or make them defaults of the key.`,
    missing,
  });

export const projectUnknown = (slug: string) =>
  new Problem({
    status: 400,
    code: 'project_unknown',
    title: 'No such project',
    detail: `The organisation has no project ${JSON.stringify(slug.slice(0, 120))}.`,
    fix: 'Create the project, or name an existing one by its slug.',
    project: slug.slice(0, 120),
  });

export const projectRefused = (bound: string, slug: string) =>
  new Problem({
    status: 403,
    code: 'project_refused',
    title: 'The key is bound to another project',
    detail: `The API key is bound to the project ${bound} and may not tag ${JSON.stringify(slug.slice(0, 120))}.`,
    fix: 'Leave the tag out, use a key of that project, or let the key tag other projects.',
  });

export const connectionUnusable = (provider: string) =>
  new Problem({
    status: 503,
    code: 'connection_unusable',
    title: 'The provider connection cannot be used',
    detail: `The secret of the connection to ${provider} cannot be opened.`,
    fix: 'Store the secret of that connection again.',
    retryAfterSeconds: 60,
  });
