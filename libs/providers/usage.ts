import type { Quantities } from '@tollgate/domain';

/** What an answer says was used, made disjoint. */
export interface ExtractedUsage {
  /** Decimal strings by unit; zeros are left out. */
  readonly quantities: Quantities;
  /** Service tier and the like, as the provider named them. */
  readonly attributes: Record<string, string>;
  /**
   * What was wrong with the numbers, in words; empty when all was well. Such numbers are brought to the nearest that make sense and never below zero; the
   * caller flags the event.
   */
  readonly anomalies: string[];
}
