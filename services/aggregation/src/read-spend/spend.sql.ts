import { DIMENSION_COLUMNS, type DimensionFilter, type DimensionName } from './dimension-columns';
import type { Granularity, Segment } from './time-range';

/** What one page of spend is asked for. */
export interface SpendQuestion {
  readonly organizationId: string;
  readonly segments: readonly Segment[];
  readonly groupBy: readonly DimensionName[];
  readonly filter: DimensionFilter;
  readonly granularity: Granularity;
  /** Rows to return; one more is read to see whether there are more. */
  readonly limit: number;
  /** The last row of the page before. */
  readonly after: SpendPosition | undefined;
}

/** Where a row stands in the list: by bucket, then by group. */
export interface SpendPosition {
  readonly start: string | null;
  readonly group: readonly string[];
}

const SUMS = [
  'charges',
  'requests',
  'estimated',
  'amount',
  'cost',
  'direct',
  'latency_ms_sum',
  'latency_count',
  'first_token_ms_sum',
  'first_token_count',
];

/**
 * One statement, hence one snapshot, for a page and the totals of all pages. Each part goes from rollup rows of the span (primary key) over the
 * interned dimensions that pass the filter to groups; quantities are grouped apart and joined to the page. Answers one JSON with every number as text.
 */
export function spendStatement(question: SpendQuestion): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const organization = parameter(question.organizationId);
  const groups = question.groupBy.map((name, index) => ({ column: DIMENSION_COLUMNS[name], alias: `g${index}` }));
  const aliases = ['start', ...groups.map(({ alias }) => alias)];
  const grouping = [`f.start`, ...groups.map(({ column }) => `d.${column}`)];
  const selected = ['f.start', ...groups.map(({ column, alias }) => `d.${column} AS ${alias}`)].join(', ');
  // Bytewise order: a cursor compares the same way on every server.
  const order = ['start', ...groups.map(({ alias }) => `${alias} COLLATE "C"`)];
  const facts = (suffix: string, columns: string) =>
    question.segments.map((segment) => factsOf(segment, suffix, columns, question, organization, parameter)).join(' UNION ALL ');

  const text = `WITH picked AS MATERIALIZED (
    SELECT id, ${Object.values(DIMENSION_COLUMNS).join(', ')} FROM dimensions WHERE organization_id = ${organization}${filterOf(question.filter, parameter)}
  ), sums AS MATERIALIZED (
    SELECT ${selected}, ${SUMS.map((sum) => `sum(f.${sum}) AS ${sum}`).join(', ')}
    FROM (${facts('', SUMS.join(', '))}) f JOIN picked d ON d.id = f.dimension_id GROUP BY ${grouping.join(', ')}
  ), units AS MATERIALIZED (
    SELECT ${selected}, f.unit, sum(f.quantity) AS quantity
    FROM (${facts('_unit', 'unit, quantity')}) f JOIN picked d ON d.id = f.dimension_id GROUP BY ${grouping.join(', ')}, f.unit HAVING sum(f.quantity) <> 0
  ), page AS (
    SELECT *, row_number() OVER (ORDER BY ${order.join(', ')}) AS position FROM sums${afterOf(question, order, parameter)}
    ORDER BY ${order.join(', ')} LIMIT ${parameter(question.limit + 1)}
  ), quantities AS (
    SELECT ${aliases.join(', ')}, jsonb_object_agg(unit, trim_scale(quantity)::text) AS quantities FROM units GROUP BY ${aliases.join(', ')}
  )
  SELECT jsonb_build_object(
    'totals', (SELECT jsonb_build_object(${SUMS.map((sum) => `'${sum}', trim_scale(coalesce(sum(${sum}), 0)::numeric)::text`).join(', ')}) FROM sums),
    'quantities', (SELECT coalesce(jsonb_object_agg(unit, quantity), '{}') FROM (SELECT unit, trim_scale(sum(quantity))::text AS quantity FROM units GROUP BY unit) u),
    'rows', (SELECT coalesce(jsonb_agg(jsonb_build_object('start', p.start, 'group', jsonb_build_array(${groups.map(({ alias }) => `p.${alias}`).join(', ')}),
      ${SUMS.map((sum) => `'${sum}', trim_scale(p.${sum}::numeric)::text`).join(', ')}, 'quantities', coalesce(q.quantities, '{}')) ORDER BY p.position), '[]')
      FROM page p LEFT JOIN quantities q ON ${aliases.map((alias) => `q.${alias} IS NOT DISTINCT FROM p.${alias}`).join(' AND ')})
  ) AS answer`;
  return { text, values };
}

function factsOf(
  segment: Segment,
  suffix: string,
  columns: string,
  question: SpendQuestion,
  organization: string,
  parameter: (value: unknown) => string,
): string {
  const start =
    question.granularity === 'total'
      ? 'NULL::timestamptz'
      : segment.label === null
        ? 'bucket_start'
        : `${parameter(new Date(segment.label))}::timestamptz`;
  return `SELECT ${start} AS start, dimension_id, ${columns} FROM rollup_${segment.table}${suffix} WHERE organization_id = ${organization}
      AND bucket_start >= ${parameter(new Date(segment.from))} AND bucket_start < ${parameter(new Date(segment.to))}`;
}

/** The conditions on the dimensions' columns, each beginning with AND. */
export function filterOf(filter: DimensionFilter, parameter: (value: unknown) => string): string {
  return Object.entries(filter)
    .map(([name, allowed]) => ` AND ${DIMENSION_COLUMNS[name as DimensionName]} = ANY (${parameter(allowed)}::text[])`)
    .join('');
}

function afterOf({ after, granularity }: SpendQuestion, order: readonly string[], parameter: (value: unknown) => string): string {
  if (!after) return '';
  const keys = granularity === 'total' ? order.slice(1) : order;
  const bounds = [
    ...(granularity === 'total' ? [] : [`${parameter(after.start)}::timestamptz`]),
    ...after.group.map((value) => `${parameter(value)}::text COLLATE "C"`),
  ];
  return keys.length === 0 ? ' WHERE false' : ` WHERE (${keys.join(', ')}) > (${bounds.join(', ')})`;
}
