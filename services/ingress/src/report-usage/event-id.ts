import { hash } from 'node:crypto';

/** Of all ids that are made here; never change it: a resend would become another event. */
const NAMESPACE = Buffer.from('6f0c5f0e6a3d4c0f9d0b7a52c1e84b11', 'hex');

/**
 * The event id of a reported event: a UUIDv5 (RFC 9562) of organisation, source and id, and of nothing else, so that a resend is the same event for ever.
 * The three are joined as a JSON array, which no other three make.
 */
export function reportedEventId(organizationId: string, source: string, id: string): string {
  const name = Buffer.from(JSON.stringify([organizationId, source, id]));
  const digest = hash('sha1', Buffer.concat([NAMESPACE, name]), 'hex');
  const variant = ((parseInt(digest[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
