import { types } from 'pg';

const DATE_OID = 1082;
const TEXT_ALWAYS = new Set<number>([
  20 /* int8 */,
  1700 /* numeric */,
  DATE_OID,
  1016 /* int8[] */,
  1231 /* numeric[] */,
  1182 /* date[] */,
]);

/**
 * How column values become JavaScript values: numeric, int8 and date stay text (no float, no local midnight), timestamptz becomes a Date whose
 * precision is the millisecond, and everything else is as `pg` does it. Arrays of the textual types arrive as PostgreSQL's array text.
 */
export const valueTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (TEXT_ALWAYS.has(oid)) return (value) => value;
    return types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
  },
};
