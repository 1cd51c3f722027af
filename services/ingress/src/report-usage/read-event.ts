import { Outcome, type UsageRecorded } from '@tollgate/contracts';
import { parseQuantity, QuantityError } from '@tollgate/domain';
import { Problem } from '@tollgate/platform/http';
import type { Identity } from '../authenticate-key/key-gate';
import { EMPTY_USAGE } from '../spool/usage-codec';
import { type Tags, tagsOfEvent } from '../tag-call/tags';
import { reportedEventId } from './event-id';
import { parseTime, TimeError, type TimeWindow } from './time-window';

/** Why an event is not taken, in words for its sender. */
export class EventRejected extends Error {}

const DATA_MEMBERS = new Set(['provider', 'model', 'operation', 'quantities', 'attributes', 'tags']);
const MAX_NAME_LENGTH = 256;
const MAX_UNITS = 32;
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What of a CloudEvent is needed to name it in the answer, whatever else is wrong with it. */
export function eventName(event: unknown): string {
  const id = (event as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id.slice(0, MAX_NAME_LENGTH) : '';
}

/**
 * A CloudEvent 1.0 of the type `tollgate.usage` as a usage event; its tags are those that the event itself has, to be settled by the caller.
 * @throws EventRejected
 */
export function readEvent(event: unknown, identity: Identity, window: TimeWindow): { usage: UsageRecorded; tags: Tags } {
  const { specversion, type, source, id, time, data } = record(event, 'The event');
  if (specversion !== '1.0') throw new EventRejected('specversion is not "1.0"');
  if (type !== 'tollgate.usage') throw new EventRejected('type is not "tollgate.usage"');
  const sourceText = name(source, 'source');
  const idText = name(id, 'id');
  const { provider, model, operation, quantities, attributes, tags } = dataOf(data);
  const eventId = reportedEventId(identity.organization.id, sourceText, idText);
  const usage: UsageRecorded = {
    ...EMPTY_USAGE,
    eventId,
    organizationId: identity.organization.id,
    requestId: eventId,
    attempt: 1,
    occurredAt: timeOf(time, window),
    provider: name(provider, 'data.provider'),
    model: name(model, 'data.model'),
    operation: operation === undefined ? '' : name(operation, 'data.operation'),
    outcome: Outcome.OUTCOME_REPORTED,
    quantities: quantitiesOf(quantities),
    attributes: attributes === undefined ? {} : attributesOf(attributes),
    keyId: identity.key.id,
    source: sourceText,
    sourceId: idText,
  };
  return { usage, tags: eventTags(tags) };
}

function dataOf(data: unknown): Record<string, unknown> {
  const members = record(data, 'data');
  for (const member in members) if (!DATA_MEMBERS.has(member)) throw new EventRejected(`data has an unknown member ${quote(member)}`);
  return members;
}

/** Without a time it is when the event is received; the spool fills that in. */
function timeOf(time: unknown, window: TimeWindow): string {
  if (time === undefined || time === null) return '';
  try {
    const epochMs = parseTime(time);
    window.check(epochMs);
    return new Date(epochMs).toISOString();
  } catch (error) {
    throw error instanceof TimeError ? new EventRejected(error.message) : error;
  }
}

function quantitiesOf(value: unknown): Record<string, string> {
  const quantities: Record<string, string> = {};
  let units = 0;
  for (const [unit, text] of Object.entries(record(value, 'data.quantities'))) {
    if (typeof text !== 'string') throw new EventRejected(`The quantity of ${quote(unit)} must be a decimal string such as "812"`);
    try {
      quantities[unit] = parseQuantity(unit, text).toString();
    } catch (error) {
      throw error instanceof QuantityError ? new EventRejected(error.message) : error;
    }
    units += 1;
  }
  if (units === 0) throw new EventRejected('data.quantities is empty');
  if (units > MAX_UNITS) throw new EventRejected(`data.quantities has more than ${MAX_UNITS} units`);
  return quantities;
}

function attributesOf(value: unknown): Record<string, string> {
  const attributes: Record<string, string> = {};
  const entries = Object.entries(record(value, 'data.attributes'));
  if (entries.length > MAX_UNITS) throw new EventRejected(`data.attributes has more than ${MAX_UNITS} members`);
  for (const [attribute, text] of entries) attributes[name(attribute, 'an attribute')] = name(text, `data.attributes.${attribute}`);
  return attributes;
}

function eventTags(tags: unknown): Tags {
  try {
    return tagsOfEvent(tags);
  } catch (error) {
    throw error instanceof Problem ? new EventRejected(error.detail) : error;
  }
}

function name(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new EventRejected(`${what.slice(0, 80)} is missing or not a text`);
  if (value.length > MAX_NAME_LENGTH) throw new EventRejected(`${what.slice(0, 80)} is longer than ${MAX_NAME_LENGTH} characters`);
  if (CONTROL.test(value)) throw new EventRejected(`${what.slice(0, 80)} has control characters`);
  return value;
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new EventRejected(`${what} is not an object`);
  return value as Record<string, unknown>;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
