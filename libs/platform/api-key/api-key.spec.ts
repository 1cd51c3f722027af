import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayPrefix, generateApiKey, hashApiKey, KEY_ENVIRONMENTS, parseApiKey } from './api-key';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('an API key', () => {
  it('is tg_, its environment, 30 random digits and 6 of checksum', () => {
    expect(generateApiKey('live')).toMatch(/^tg_live_[0-9A-Za-z]{36}$/);
    expect(generateApiKey('dev')).toMatch(/^tg_dev_[0-9A-Za-z]{36}$/);
  });

  it('is parsed to its environment', () => {
    for (const environment of KEY_ENVIRONMENTS) expect(parseApiKey(generateApiKey(environment))).toEqual({ environment });
  });

  it('carries the CRC-32 of what stands before it', () => {
    // Python: zlib.crc32(b'tg_test_' + b'0' * 30) = 637961361 = 43·62^4 + 10·62^3 + 50·62^2 + 55·62 + 23: digits h A o t N.
    const zeros = () => new Uint8Array(30);
    const key = generateApiKey('test', zeros);
    expect(key.slice(0, 38)).toBe('tg_test_' + '0'.repeat(30));
    expect(key.slice(38)).toBe('0hAotN');
  });

  it('is refused when any one character differs', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (at, digit) => {
        const key = generateApiKey('live');
        const place = 8 + (at % (key.length - 8));
        const changed = key.slice(0, place) + DIGITS[digit % 62] + key.slice(place + 1);
        return changed === key || parseApiKey(changed) === null;
      }),
    );
  });

  it.each([
    '',
    'tg_',
    'sk-proj-abc',
    'tg_prod_' + '0'.repeat(36),
    ` ${generateApiKey('live')}`,
    `${generateApiKey('live')}\n`,
    generateApiKey('live').slice(0, -1),
  ])('is not %j', (text) => {
    expect(parseApiKey(text)).toBeNull();
  });

  it('draws every digit equally often: bytes of 248 and more are thrown away', () => {
    const bytes = [248, 255, 247, 61, 62, 0];
    let at = 0;
    const key = generateApiKey('live', (size) => Uint8Array.from({ length: size }, () => bytes[at++ % bytes.length] as number));
    // 247 % 62 = 61 → z; 61 → z; 62 % 62 = 0 → 0; 0 → 0.
    expect(key.slice(8, 38)).toBe('zz00'.repeat(8).slice(0, 30));
  });

  it('is kept as hex HMAC-SHA-256 under the pepper', () => {
    expect(hashApiKey('pepper', 'tg_live_x')).toBe(createHmac('sha256', Buffer.from('pepper')).update('tg_live_x').digest('hex'));
    expect(hashApiKey('pepper', 'tg_live_x')).not.toBe(hashApiKey('salt', 'tg_live_x'));
  });

  it('shows four of its random digits and no more', () => {
    const key = generateApiKey('test');
    expect(displayPrefix(key)).toBe(key.slice(0, 12));
  });
});
