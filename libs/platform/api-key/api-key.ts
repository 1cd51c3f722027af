import { createHmac, randomBytes as systemRandomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { randomBase62, toBase62 } from './base62';

/** The environments that a key may be made for. They say where a key belongs and change nothing in how it is checked. */
export const KEY_ENVIRONMENTS = ['live', 'test', 'dev'] as const;

/** One of `live`, `test` and `dev`. */
export type KeyEnvironment = (typeof KEY_ENVIRONMENTS)[number];

/** 30 base62 digits hold 178 bits. */
const RANDOM_DIGITS = 30;
/** 62^6 is the first power of 62 above 2^32. */
const CHECKSUM_DIGITS = 6;
const FORM = /^tg_(live|test|dev)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;

/**
 * A new key: `tg_` + environment + `_` + 30 random base62 digits + the CRC-32 of all before it as 6 base62 digits. The checksum lets a typing error or a
 * cut-off key be told from an unknown one without asking anybody, and lets scanners find leaked keys.
 */
export function generateApiKey(environment: KeyEnvironment, randomBytes: (size: number) => Uint8Array = systemRandomBytes): string {
  const body = `tg_${environment}_${randomBase62(RANDOM_DIGITS, randomBytes)}`;
  return body + checksum(body);
}

/** What a key says about itself, or null if it is not of the form that `generateApiKey` makes or its checksum is wrong. Whether it is valid, only accounts knows. */
export function parseApiKey(text: string): { environment: KeyEnvironment } | null {
  const match = FORM.exec(text);
  if (!match) return null;
  if (checksum(text.slice(0, -CHECKSUM_DIGITS)) !== match[3]) return null;
  return { environment: match[1] as KeyEnvironment };
}

/** The only form in which a key is kept: hex HMAC-SHA-256 of the whole key under the installation's pepper (`TOLLGATE_KEY_PEPPER`). */
export function hashApiKey(pepper: string, key: string): string {
  return createHmac('sha256', pepper).update(key).digest('hex');
}

/** What may be shown of a key so that its owner recognises it: everything before the random part and its first four digits. */
export function displayPrefix(key: string): string {
  return key.slice(0, key.indexOf('_', 3) + 5);
}

function checksum(body: string): string {
  return toBase62(crc32(body), CHECKSUM_DIGITS);
}
