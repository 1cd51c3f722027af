import { Decimal, DecimalError, isCurrency } from '@tollgate/domain';
import { pageQuery } from '@tollgate/platform/http';
import { z } from 'zod';
import { BUDGET_PERIODS } from '../budget/budget';

const CONTROL = /[\u0000-\u001f\u007f]/;
/** Money beyond this is a typing error. */
const MOST = Decimal.from(10n ** 15n);

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(most, `is longer than ${most} characters`)
    .refine((text) => !CONTROL.test(text), 'holds a control character');

const amount = z
  .string()
  .max(40, 'is longer than 40 characters')
  .refine((text) => isAmount(text), 'is not a positive decimal such as 500 or 99.50, at most 10^15')
  .meta({ example: '500' });

const thresholds = z
  .array(
    z
      .number()
      .refine(
        (percent) => /^\d{1,4}(\.\d{1,4})?$/.test(String(percent)) && percent > 0,
        'is not a percentage over 0 and below 10000 with at most 4 decimals',
      ),
  )
  .max(20)
  .refine((all) => all.every((percent, index) => index === 0 || percent > all[index - 1]!), 'should ascend without repetition')
  .meta({ example: [50, 80, 100], description: 'percent of the amount; each is told of once a period' });

/** What a budget holds; members that are left out match everything. */
const scope = z.strictObject({
  project: line(64).optional().describe('slug'),
  team: line(128).optional(),
  env: line(128).optional(),
  feature: line(128).optional(),
  key: z.uuid('is not the id of an API key').optional(),
  provider: line(64).optional(),
  model: line(200).optional().describe('with or without its provider, such as openai/gpt-4o'),
});

export const createBudget = z.strictObject({
  name: line(200),
  scope: scope.default({}),
  period: z.enum(BUDGET_PERIODS).describe("in the organisation's time zone; weeks begin on Monday; total never resets"),
  amount,
  currency: z.string().refine(isCurrency, 'is not an ISO 4217 code').optional().describe("the organisation's; may be left out"),
  thresholds: thresholds.default([]),
  hardLimit: z.boolean().default(false).describe('calls beyond the amount are refused'),
});

export const changeBudget = z
  .strictObject({
    name: line(200).optional(),
    amount: amount.optional(),
    thresholds: thresholds.optional(),
    hardLimit: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'changes nothing; send name, amount, thresholds or hardLimit');

export const listBudgets = pageQuery.extend({
  status: z.enum(['active', 'archived', 'all']).default('active'),
});

const decimal = (what: string) => z.string().describe(`${what}, an exact decimal`);

export const budgetView = z.object({
  id: z.uuid(),
  name: z.string(),
  scope: scope,
  period: z.enum(BUDGET_PERIODS),
  amount: decimal('of the current period and those to come'),
  currency: z.string(),
  thresholds: z.array(z.number()),
  hardLimit: z.boolean(),
  status: z.enum(['active', 'archived']),
  createdAt: z.string(),
  updatedAt: z.string(),
  current: z.object({
    periodStart: z.string(),
    resetsAt: z.string().nullable().describe('null for a budget that never resets'),
    amount: decimal('the limit'),
    spent: decimal('charges with what own connections cost directly'),
    held: decimal('lent to calls under way and to those not charged yet'),
    remaining: decimal('amount less spent and held; negative when it is passed'),
    percent: z.string().describe('spent of amount, two decimals'),
    thresholdsFired: z.array(z.number()),
    limitReached: z.boolean().describe('a call was refused in this period'),
  }),
});

export type ChangeBudget = z.output<typeof changeBudget>;
export type BudgetView = z.output<typeof budgetView>;

function isAmount(text: string): boolean {
  try {
    const value = Decimal.parse(text);
    return !value.isNegative() && !value.isZero() && value.compare(MOST) <= 0;
  } catch (error) {
    if (error instanceof DecimalError) return false;
    throw error;
  }
}
