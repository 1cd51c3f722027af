import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commonVariables } from './common-variables';
import { ConfigError } from './config-error';
import { loadConfig } from './load-config';

const schema = z.object({
  TOLLGATE_PORT: commonVariables.port.default(8102),
  TOLLGATE_HOST: commonVariables.host,
  KAFKA_BROKERS: commonVariables.brokers,
  TOLLGATE_DB_URL: commonVariables.databaseUrl,
  TOLLGATE_ENCRYPTION_KEY: commonVariables.encryptionKey.optional(),
});
const good = { KAFKA_BROKERS: 'a:1, b:2', TOLLGATE_DB_URL: 'postgres://u:p@localhost:5432/tollgate' };

function faultsOf(env: NodeJS.ProcessEnv) {
  try {
    loadConfig(schema, env);
  } catch (error) {
    return error as ConfigError;
  }
  throw new Error('was accepted');
}

describe('configuration', () => {
  it('fills in defaults and types what is given', () => {
    expect(loadConfig(schema, { ...good, TOLLGATE_PORT: '0' })).toEqual({
      TOLLGATE_PORT: 0,
      TOLLGATE_HOST: '127.0.0.1',
      KAFKA_BROKERS: ['a:1', 'b:2'],
      TOLLGATE_DB_URL: good.TOLLGATE_DB_URL,
    });
  });
  it('counts an empty variable as missing', () => {
    expect(loadConfig(schema, { ...good, TOLLGATE_PORT: '' }).TOLLGATE_PORT).toBe(8102);
  });
  it('names every bad variable at once, with what to set', () => {
    const error = faultsOf({ TOLLGATE_PORT: '99999', TOLLGATE_DB_URL: 'mysql://x' });
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.faults.map((fault) => fault.variable).sort()).toEqual(['KAFKA_BROKERS', 'TOLLGATE_DB_URL', 'TOLLGATE_PORT']);
    expect(error.message).toContain('KAFKA_BROKERS: is not set');
    expect(error.message).toContain('a port from 1 to 65535');
  });
  it('never repeats a value, which may be a secret', () => {
    expect(faultsOf({ ...good, TOLLGATE_ENCRYPTION_KEY: 'c2hvcnQtc2VjcmV0' }).message).not.toContain('c2hvcnQ');
  });
});
