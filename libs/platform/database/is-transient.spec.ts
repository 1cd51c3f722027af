import { describe, expect, it } from 'vitest';
import { isTransient } from './is-transient';

const coded = (code: string, over: object = {}) => Object.assign(new Error(code), { code }, over);

describe('transient errors', () => {
  it.each(['40001', '40P01', '57P01', '57P02', '57P03', '53300', '53100', 'ECONNREFUSED', 'ECONNRESET'])('%s is worth a retry', (code) => {
    expect(isTransient(coded(code))).toBe(true);
    expect(isTransient(new Error('wrapped', { cause: coded(code) }))).toBe(true);
    expect(isTransient(Object.assign(new Error('QueryFailedError'), { driverError: coded(code) }))).toBe(true);
    expect(isTransient(new AggregateError([coded(code)]))).toBe(true);
  });
  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Connection terminated due to connection timeout',
  ])('"%s" is worth a retry', (message) => expect(isTransient(new Error(message))).toBe(true));
  it.each([coded('23505'), coded('22P02'), coded('42501'), coded('57014'), new Error('no'), null, undefined, 'ECONNREFUSED', 7])(
    '%s is not',
    (error) => expect(isTransient(error)).toBe(false),
  );
});
