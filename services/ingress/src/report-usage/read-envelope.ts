import { Problem } from '@tollgate/platform/http';
import { isUtf8 } from 'node:buffer';

const MAX_EVENTS = 1_000;
const FIX = 'Send one event as application/cloudevents+json, or an array of up to 1,000 as application/cloudevents-batch+json.';

/** The events of a request, one or many; what is in them is not looked at. @throws Problem for a body that holds no events. */
export function readEnvelope(body: Buffer, contentType: string | undefined): unknown[] {
  const media = (contentType ?? 'application/json').split(';', 1)[0]!.trim().toLowerCase();
  const isBatch = media === 'application/cloudevents-batch+json';
  if (!isBatch && media !== 'application/cloudevents+json' && media !== 'application/json') {
    throw bad(415, 'media_type_unsupported', `The media type ${JSON.stringify(media.slice(0, 80))} is not one for usage events.`);
  }
  const value = parse(body);
  if (Array.isArray(value)) {
    if (media === 'application/cloudevents+json')
      throw bad(400, 'invalid_body', 'The body is an array, but the media type says that it is one event.');
    if (value.length > MAX_EVENTS) throw bad(413, 'batch_too_large', `The batch has ${value.length} events; ${MAX_EVENTS} is the most.`);
    return value;
  }
  if (isBatch) throw bad(400, 'invalid_body', 'The body is no array, but the media type says that it is a batch.');
  if (typeof value !== 'object' || value === null) throw bad(400, 'invalid_body', 'The body is no event.');
  return [value];
}

function parse(body: Buffer): unknown {
  if (!isUtf8(body)) throw bad(400, 'invalid_body', 'The body is not UTF-8.');
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw bad(400, 'invalid_body', 'The body is not JSON.');
  }
}

function bad(status: number, code: string, detail: string): Problem {
  return new Problem({ status, code, title: 'The usage events are not understood', detail, fix: FIX });
}
