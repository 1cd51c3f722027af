import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { TenantDatabase } from '@tollgate/platform/database';
import { createHttpApp, serviceToken, signInternalToken } from '@tollgate/platform/http';
import { freshDatabase } from '@tollgate/testing';
import { ChargeApplier } from '../apply-charges/charge-applier';
import { idOf, sampleCharge } from '../sample-charge';
import { openSampleDatabase, type SampleDatabase } from '../sample-database';
import { BooksController } from './books.controller';

const SECRET = 'a-secret-of-the-specs';
const NOW = Date.parse('2026-10-15T10:21:00Z');

let sample: SampleDatabase;
let app: NestFastifyApplication;
beforeAll(async () => {
  sample = await openSampleDatabase(await freshDatabase(inject('databaseUrl'), 'books'));
  @Module({ controllers: [BooksController], providers: [{ provide: TenantDatabase, useValue: sample.tenants }] })
  class BooksModule {}
  app = await createHttpApp(BooksModule, {
    service: 'aggregation',
    port: 0,
    host: '127.0.0.1',
    internalSecret: SECRET,
    clock: { now: () => NOW },
    handleSignals: false,
  });
  await new ChargeApplier(sample.consumers).apply([
    sampleCharge('1', { amount: '1.5', cost: '1', ratedAt: '2026-10-15T10:20:30.999Z' }),
    sampleCharge('2', { amount: '2', cost: '1', direct: '1', ratedAt: '2026-10-15T10:20:40.000Z' }),
    sampleCharge('3', { amount: '4', cost: '3', ratedAt: '2026-10-15T10:20:45.000Z' }),
    sampleCharge('4', { amount: '-0.5', cost: '0', requests: 0, ratedAt: '2026-10-15T10:20:39.000Z', correctsChargeId: idOf('1') }),
    // 23:30 on 31 October in Los Angeles is 06:30 UTC on 1 November: still the organisation's October.
    sampleCharge('5', {
      amount: '10',
      cost: '9',
      timeZone: 'America/Los_Angeles',
      occurredAt: '2026-11-01T06:30:00Z',
      organizationId: idOf('west'),
      ratedAt: '2026-10-15T10:00:00Z',
    }),
    sampleCharge('6', { amount: '7', cost: '7', occurredAt: '2026-09-10T00:00:00Z', period: '2026-09', ratedAt: '2026-10-15T10:00:00Z' }),
  ]);
});
afterAll(async () => {
  await app.close();
  await sample.close();
});

async function books(
  query: string,
  token?: string,
): Promise<{ status: number; body: Record<string, unknown> & { detail: Record<string, unknown>[] } }> {
  const response = await app.inject({
    url: `/internal/books?${query}`,
    headers: { 'x-tollgate-internal': token ?? (await serviceToken('pricing', SECRET, NOW)) },
  });
  return { status: response.statusCode, body: response.json() };
}
const october = `organizationId=${idOf('acme')}&period=2026-10`;

describe('the books', () => {
  it('sum the charges that were rated before the cut', async () => {
    // Before 10:20:40: charges 1 and 4: 1.5 - 0.5 = 1. Before 10:20:45: plus 2. Later: plus 4.
    expect((await books(`${october}&cut=2026-10-15T10:20:40Z`)).body).toEqual({
      service: 'aggregation',
      charges: '2',
      requests: '1',
      amount: '1',
      cost: '1',
      direct: '0',
      detail: [],
    });
    expect((await books(`${october}&cut=2026-10-15T10:20:45Z`)).body).toMatchObject({
      charges: '3',
      requests: '2',
      amount: '3',
      cost: '2',
      direct: '1',
    });
    expect((await books(`${october}&cut=2026-10-15T10:21:00Z`)).body).toMatchObject({
      charges: '4',
      requests: '3',
      amount: '7',
      cost: '5',
      direct: '1',
    });
  });
  it('are of one organisation and one month, in that organisation’s zone', async () => {
    const cut = 'cut=2026-10-15T10:21:00Z';
    expect((await books(`organizationId=${idOf('acme')}&period=2026-09&${cut}`)).body).toMatchObject({ charges: '1', amount: '7' });
    expect((await books(`organizationId=${idOf('west')}&period=2026-10&${cut}`)).body).toMatchObject({ charges: '1', amount: '10' });
    expect((await books(`organizationId=${idOf('nobody')}&period=2026-10&${cut}`)).body).toMatchObject({
      charges: '0',
      amount: '0',
      detail: [],
    });
  });
  it.each([
    ['UPDATE rollup_hour SET amount = amount + 0.001 WHERE amount = 7', 'rollup_hour and rollup_day', 'amount', '7.001', '7'],
    [
      `UPDATE rollup_day SET charges = charges + 1 WHERE period = '2026-10' AND organization_id = '${idOf('acme')}'`,
      'rollup_hour and rollup_day',
      'charges',
      '4',
      '5',
    ],
    [
      `DELETE FROM rollup_day WHERE period = '2026-10' AND organization_id = '${idOf('acme')}'`,
      'rollup_hour and rollup_day',
      'amount',
      '7',
      '0',
    ],
    [
      `UPDATE rollup_hour_unit SET quantity = 1 WHERE unit = 'input_tokens'`,
      'rollup_hour_unit and rollup_day_unit',
      'input_tokens',
      '1',
      '400',
    ],
    [
      `UPDATE rollup_hour SET dimension_id = 999999 WHERE period = '2026-10' AND organization_id = '${idOf('acme')}'`,
      'rollup_hour and dimensions',
      'dimension',
      '7',
      null,
    ],
  ])('name what was planted: %s', async (planting, what, member, hour, day) => {
    const rollups = ['rollup_hour', 'rollup_day', 'rollup_hour_unit', 'rollup_day_unit'];
    for (const table of rollups) await sample.asOwner(`CREATE TABLE good_${table} AS TABLE ${table}`);
    await sample.asOwner(planting.replace('WHERE amount = 7', `WHERE period = '2026-10' AND organization_id = '${idOf('acme')}'`));
    const { body } = await books(`${october}&cut=2026-10-15T10:21:00Z`);
    expect(body.detail).toContainEqual(expect.objectContaining({ what, member, hour, day }));
    for (const table of rollups)
      await sample.asOwner(`TRUNCATE ${table}; INSERT INTO ${table} SELECT * FROM good_${table}; DROP TABLE good_${table}`);
    expect((await books(`${october}&cut=2026-10-15T10:21:00Z`)).body.detail).toEqual([]);
  });
  it('answer services alone, and no cut older than what is kept by the second', async () => {
    const admin = await signInternalToken(
      { organizationId: idOf('acme'), keyId: 'k', scopes: ['admin'], operator: true, project: null },
      SECRET,
      NOW,
    );
    expect((await books(`${october}&cut=2026-10-15T10:20:40Z`, admin)).status).toBe(403);
    expect(await books(`${october}&cut=2026-10-15T09:00:00Z`)).toMatchObject({ status: 400, body: { code: 'cut_too_old' } });
    expect((await books(`organizationId=x&period=2026-13&cut=now`)).body['errors']).toHaveLength(3);
  });
});
