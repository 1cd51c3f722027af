import { describe, expect, it } from 'vitest';
import { createLogger } from './logger';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger('test', { write: (line: string) => void (text += line) }));
  return text;
}

describe('logger', () => {
  it('writes one JSON object with level, time and message', () => {
    const entry = JSON.parse(logged((logger) => logger.info({ organizationId: 'o1' }, 'charge posted'))) as Record<string, unknown>;
    expect(entry).toMatchObject({ level: 'info', name: 'test', organizationId: 'o1', msg: 'charge posted' });
    expect(entry['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });
  it.each([
    { headers: { Authorization: 'Bearer MARKER12345' } },
    { headers: { 'x-api-key': 'MARKER12345' } },
    { connection: { secret: 'MARKER12345' } },
    { request: { messages: [{ role: 'user', content: 'MARKER12345' }] } },
    { a: { b: { c: { prompt: 'MARKER12345' } } } },
    { note: 'called with tg_live_MARKER12345' },
    { err: new Error('connecting to postgres://user:MARKER12345@db/tollgate', { cause: new Error('Bearer MARKER12345') }) },
    { payload: Buffer.from('MARKER12345') },
  ])('hides secrets, prompts and answers: %o', (entry) => {
    expect(logged((logger) => logger.error(entry, 'failed'))).not.toContain('MARKER');
  });
  it('hides a key inside the message and its arguments', () => {
    expect(logged((logger) => logger.warn('key tg_live_MARKER12345 is %s', 'Bearer MARKER12345'))).not.toContain('MARKER');
  });
  it('keeps what an error says', () => {
    const entry = JSON.parse(logged((logger) => logger.error({ err: Object.assign(new Error('gone'), { code: '57P01' }) }, 'failed'))) as {
      err: object;
    };
    expect(entry.err).toMatchObject({ type: 'Error', message: 'gone', code: '57P01' });
  });
});
