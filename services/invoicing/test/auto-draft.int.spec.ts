import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AutoDrafter } from '../src/draft-invoices/auto-drafter';
import { InvoicingFixture, charge, financeOf, idOf, organization } from './invoicing-fixture';

let invoicing: InvoicingFixture;
let drafter: AutoDrafter;
beforeAll(async () => {
  invoicing = await InvoicingFixture.start();
  drafter = invoicing.app.get(AutoDrafter);
  invoicing.organizations.set(idOf('west'), organization('west', { timeZone: 'America/Los_Angeles' }));
  await invoicing.accrue(
    charge('d1', '1'),
    charge('d2', '2', { organizationId: idOf('west') }),
    charge('d3', '3', { organizationId: idOf('not in the directory') }),
  );
});
afterAll(() => invoicing.stop());

const periods = async (name: string) =>
  (await invoicing.call(financeOf(name), 'GET', '/api/v1/invoices')).body.data.map(({ period }: { period: string }) => period);

describe('a draft by itself', () => {
  it('is made once the month and the grace time are over, on the organisation’s clock', async () => {
    // Berlin's October ends at 23:00 UTC on the 31st; 72 hours later it is 3 November.
    invoicing.now = Date.parse('2026-11-03T22:59:59Z');
    expect(await drafter.draftDue()).toBe(0);
    invoicing.now = Date.parse('2026-11-03T23:00:00Z');
    expect(await drafter.draftDue()).toBe(1);
    expect(await periods('acme')).toEqual(['2026-10']);
    // Los Angeles: 07:00 UTC on 1 November, and 72 hours.
    invoicing.now = Date.parse('2026-11-04T06:59:59Z');
    expect(await drafter.draftDue()).toBe(0);
    invoicing.now = Date.parse('2026-11-04T07:00:00Z');
    expect(await drafter.draftDue()).toBe(1);
  });

  it('is not made again, nor for late usage of an invoiced month', async () => {
    await invoicing.invoice('acme', '2026-10');
    await invoicing.accrue(charge('d4', '1'), charge('d5', '1', { period: '2026-08' }));
    expect(await drafter.draftDue()).toBe(0);
  });

  it('waits as long as the organisation’s own grace time says', async () => {
    invoicing.organizations.set(idOf('slow'), organization('slow'));
    await invoicing.accrue(charge('d6', '1', { organizationId: idOf('slow') }));
    await invoicing.call(financeOf('slow'), 'PUT', '/api/v1/billing-settings', { graceHours: 240 });
    expect(await drafter.draftDue()).toBe(0);
    await invoicing.call(financeOf('slow'), 'PUT', '/api/v1/billing-settings', { graceHours: 0 });
    expect(await drafter.draftDue()).toBe(1);
  });
});
