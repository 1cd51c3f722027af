/** What spend can be grouped and filtered by, as REST calls it, and the column behind it. */
export const DIMENSION_COLUMNS = {
  provider: 'provider',
  model: 'model',
  project: 'project',
  team: 'team',
  env: 'env',
  feature: 'feature',
  key: 'key_id',
} as const;

/** One of them. */
export type DimensionName = keyof typeof DIMENSION_COLUMNS;

/** All of them, in the order of the documentation. */
export const DIMENSION_NAMES = Object.keys(DIMENSION_COLUMNS) as [DimensionName, ...DimensionName[]];

/** Values by dimension: any of the values, in each of the dimensions. '' stands for untagged. */
export type DimensionFilter = Partial<Record<DimensionName, readonly string[]>>;
