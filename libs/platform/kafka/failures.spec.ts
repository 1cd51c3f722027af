import { KafkaJSConnectionError } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { isTransientFailure, NotPublishedError, PoisonRecordError, reasonOf } from './failures';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

describe('isTransientFailure', () => {
  it.each([
    ['a refused connection', withCode('ECONNREFUSED')],
    ['a broken pipe', withCode('EPIPE')],
    ['a deadlock', withCode('40P01')],
    ['a serialization failure', withCode('40001')],
    ['a server that is shutting down', withCode('57P01')],
    ['a full disk', withCode('53100')],
    ['a column that a migration has yet to add', withCode('42703')],
    ['a lost database connection', new Error('Connection terminated unexpectedly')],
    ['a broker that is away', new KafkaJSConnectionError('x')],
    ['a producer that was closed', new NotPublishedError('x')],
    ['an ORM error around one of these', Object.assign(new Error('failed'), { driverError: withCode('57P03') })],
    ['an error caused by one of these', new Error('failed', { cause: withCode('ECONNRESET') })],
  ])('is true for %s', (_title, error) => expect(isTransientFailure(error)).toBe(true));

  it.each([
    ['a number out of range', withCode('22003')],
    ['a violated constraint', withCode('23514')],
    ['a raised exception', withCode('P0001')],
    ['a defect', new TypeError('x is undefined')],
    ['a poison record', new PoisonRecordError('x')],
    ['a text', 'text'],
    ['nothing', undefined],
  ])('is false for %s', (_title, error) => expect(isTransientFailure(error)).toBe(false));
});

describe('reasonOf', () => {
  it('is the bare reason of a poison record', () => expect(reasonOf(new PoisonRecordError('no such unit'))).toBe('no such unit'));
  it('names the kind of any other error', () => expect(reasonOf(new TypeError('x'))).toBe('TypeError: x'));
  it('is at most 500 characters', () => expect(reasonOf(new Error('y'.repeat(9_000)))).toHaveLength(500));
  it('describes what is not an error', () => expect(reasonOf(undefined)).toBe('undefined'));
});
