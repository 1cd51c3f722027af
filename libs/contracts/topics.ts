import { AlertRaised, Budget } from './gen/tollgate/budget/v1/budget';
import { ChargePosted, UsageParked } from './gen/tollgate/charge/v1/charge';
import { ApiKey, Connection, FxRate, Markup, Model, Organization, Price, Project } from './gen/tollgate/directory/v1/directory';
import { InvoiceFinalized } from './gen/tollgate/invoice/v1/invoice';
import { UsageRecord } from './gen/tollgate/usage/v1/usage';

/** How a message becomes the bytes of a Kafka record's value and back. Decoding throws on malformed bytes. */
export interface Codec<T> {
  encode(message: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** A Kafka topic: who owns (creates and writes) it, how it is laid out, and what its values are. */
export interface Topic<T> extends Codec<T> {
  readonly name: string;
  /** The service that creates the topic and is alone in publishing to it. */
  readonly owner: string;
  readonly partitions: number;
  /** `delete` keeps records for 35 days by the time of sending; `compact` keeps the newest of each key. */
  readonly cleanup: 'delete' | 'compact';
}

interface GeneratedMessage<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

function topic<T>(
  name: string,
  owner: string,
  message: GeneratedMessage<T>,
  layout: { partitions: number; cleanup: 'delete' | 'compact' },
): Topic<T> {
  return { name, owner, ...layout, encode: (value) => message.encode(value).finish(), decode: (bytes) => message.decode(bytes) };
}

const stream = { partitions: 6, cleanup: 'delete' } as const;
const directory = { partitions: 1, cleanup: 'compact' } as const;

/** Every topic of the system. Streams are keyed by event id, directories by the entity's id. */
export const topics = {
  usageRecorded: topic<UsageRecord>('usage.recorded', 'ingress', UsageRecord, stream),
  chargePosted: topic<ChargePosted>('charge.posted', 'pricing', ChargePosted, stream),
  usageParked: topic<UsageParked>('usage.parked', 'pricing', UsageParked, stream),
  alertRaised: topic<AlertRaised>('alert.raised', 'budget-alert', AlertRaised, stream),
  invoiceFinalized: topic<InvoiceFinalized>('invoice.finalized', 'invoicing', InvoiceFinalized, stream),
  organizations: topic<Organization>('directory.organizations', 'accounts', Organization, directory),
  projects: topic<Project>('directory.projects', 'accounts', Project, directory),
  keys: topic<ApiKey>('directory.keys', 'accounts', ApiKey, directory),
  connections: topic<Connection>('directory.connections', 'accounts', Connection, directory),
  models: topic<Model>('directory.models', 'pricing', Model, directory),
  prices: topic<Price>('directory.prices', 'pricing', Price, directory),
  fx: topic<FxRate>('directory.fx', 'pricing', FxRate, directory),
  markups: topic<Markup>('directory.markups', 'pricing', Markup, directory),
  budgets: topic<Budget>('directory.budgets', 'budget-alert', Budget, directory),
} as const;

/** The topic's dead letters: records that a consumer group could not handle, with the reason in the header `reason`. */
export function deadLetterTopicName(group: string): string {
  return `dead-letters.${group}`;
}
