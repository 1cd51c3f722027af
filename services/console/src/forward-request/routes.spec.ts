import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORWARDED_SERVICES } from '../console.config';
import { serviceOf } from './routes';

const services = join(__dirname, '../../..');

/** Paths that a service's controllers declare, read from their source: a service need not run to be checked. */
function declaredPaths(service: string): string[] {
  const sources = globSync('src/**/*.ts', { cwd: join(services, service) }).map((file) =>
    readFileSync(join(services, service, file), 'utf8'),
  );
  return sources.flatMap((source) => {
    const root = /@Controller\('(api\/v1[^']*)'\)/.exec(source)?.[1];
    if (root === undefined) return [];
    const routes = [...source.matchAll(/@(?:Get|Post|Put|Patch|Delete)\((?:'([^']*)')?\)/g)];
    return routes.map((route) => `/${root}/${route[1] ?? ''}`.replace(/\/+$/, '').replaceAll('//', '/'));
  });
}

describe('the routes', () => {
  it.each([
    ['/api/v1/organizations', 'accounts'],
    ['/api/v1/api-keys/1/rotate', 'accounts'],
    ['/api/v1/spend?from=2026-10-01&groupBy=project', 'aggregation'],
    ['/api/v1/charges', 'pricing'],
    ['/api/v1/completeness?period=2026-10', 'pricing'],
    ['/api/v1/budgets/7', 'budget-alert'],
    ['/api/v1/invoices/7.pdf', 'invoicing'],
    ['/api/v1/invoices.csv', 'invoicing'],
  ])('%s is answered by %s', (url, service) => {
    expect(serviceOf(url)).toBe(service);
  });

  it.each([
    '/api/v1/',
    '/api/v1',
    '/api/v2/spend',
    '/internal/books',
    '/api/v1/internal/books',
    '/api/v1/constructor',
    '/api/v1//spend',
    '/api/v1/../internal/books',
    '/api/v1/projects/../../../internal/books',
    '/api/v1/projects/%2e%2E/%2e%2e/internal/books',
    '/api/v1/projects/..%2f..%2finternal',
    '/api/v1/projects/..;/x',
    '/api/v1/projects/..\\x',
    '/api/v1/projects/.',
  ])('%s leads nowhere', (url) => {
    expect(serviceOf(url)).toBeUndefined();
  });

  it.each(FORWARDED_SERVICES)('lead every path of %s to it', (service) => {
    const paths = declaredPaths(service);
    expect(paths.map((path) => [path, serviceOf(path)])).toEqual(paths.map((path) => [path, service]));
  });
});
