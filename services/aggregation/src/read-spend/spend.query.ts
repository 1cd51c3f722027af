import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { pageQuery } from '@tollgate/platform/http';
import { DIMENSION_NAMES, type DimensionFilter, type DimensionName } from './dimension-columns';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** A time in RFC 3339 as epoch milliseconds. A `+` that a client left unencoded arrives as a blank. */
const time = z
  .string()
  .transform((text) => text.replace(/ (?=\d{2}:\d{2}$)/, '+'))
  .refine((text) => RFC_3339.test(text) && !Number.isNaN(Date.parse(text)), 'is not a time such as 2026-10-01T00:00:00Z')
  .transform((text) => Date.parse(text))
  .refine((at) => at >= EARLIEST && at <= LATEST, 'is outside 1970 to 2100');

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());
const dimensionList = oneOrMore.transform((given) => given.flatMap((text) => text.split(','))).pipe(z.array(z.enum(DIMENSION_NAMES)));
const values = oneOrMore.optional();

const filters = Object.fromEntries(DIMENSION_NAMES.map((name) => [`filter[${name}]`, values])) as Record<
  `filter[${DimensionName}]`,
  typeof values
>;

/** The query of spend and usage. */
export class SpendQuery extends createZodDto(
  z.object({
    from: time.optional().describe('RFC 3339, inclusive; widened to the hour'),
    to: time.optional().describe('RFC 3339, exclusive; widened to the hour'),
    groupBy: dimensionList.optional().transform((names) => [...new Set(names ?? [])]),
    granularity: z.enum(['total', 'day', 'hour']).default('total'),
    ...filters,
    ...pageQuery.shape,
  }),
) {}

/** The filters of a query by dimension. */
export function filterOfQuery(query: SpendQuery): DimensionFilter {
  return Object.fromEntries(
    DIMENSION_NAMES.map((name) => [name, query[`filter[${name}]`]] as const).filter(([, allowed]) => allowed !== undefined),
  );
}
