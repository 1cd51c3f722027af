import type { ChargePosted } from '@tollgate/contracts';
import type { ConsumerDatabase, Sql } from '@tollgate/platform/database';
import { meter } from '@tollgate/platform/observability';
import { factOf, type ChargeFact } from './charge-facts';
import { DimensionIds } from './dimension-ids';
import { addToRecent, addToRollup, addToUnits, noteApplied, type Statement } from './rollup-statements';
import { sumFacts, type BatchSums } from './sum-facts';

/** Adds charges to the rollups, each once whatever happens (invariant 3). */
export class ChargeApplier {
  readonly #database: ConsumerDatabase;
  readonly #dimensionIds: DimensionIds;
  readonly #applied = meter('aggregation').createCounter('aggregation_charges', {
    description: 'Charges that came, by whether they were new',
  });

  constructor(database: ConsumerDatabase) {
    this.#database = database;
    this.#dimensionIds = new DimensionIds(database);
  }

  /**
   * Applies charges in one transaction: the note that a charge is applied commits with its effect, and only charges that were not noted before drive
   * effects. A handful of statements, however many charges.
   * @returns how many were new.
   * @throws PoisonRecordError when a charge cannot be read; then none was applied.
   */
  async apply(charges: readonly ChargePosted[]): Promise<number> {
    const facts = distinct(charges.map(factOf));
    if (facts.length === 0) return 0;
    const dimensionIdOf = await this.#dimensionIds.resolve(facts);
    const applied = await this.#database.transaction(async (tx) => {
      const fresh = await freshOf(tx, facts);
      if (fresh.length > 0) await add(tx, sumFacts(fresh, dimensionIdOf));
      return fresh.length;
    });
    this.#applied.add(applied, { kind: 'new' });
    this.#applied.add(charges.length - applied, { kind: 'known' });
    return applied;
  }
}

async function freshOf(tx: Sql, facts: readonly ChargeFact[]): Promise<ChargeFact[]> {
  const { text, values } = noteApplied(
    facts.map((fact) => fact.chargeId),
    facts.map((fact) => fact.dimension.organizationId),
  );
  const { rows } = await tx.query<{ charge_id: string }>(text, values);
  if (rows.length === facts.length) return [...facts];
  const fresh = new Set(rows.map((row) => row.charge_id));
  return facts.filter((fact) => fresh.has(fact.chargeId));
}

/** Locks rows table by table, each in the order of its keys, as every other transaction does. */
async function add(tx: Sql, { hours, days, recent }: BatchSums): Promise<void> {
  const statements: Statement[] = [
    addToRollup('rollup_hour', hours),
    addToUnits('rollup_hour_unit', hours),
    addToRollup('rollup_day', days),
    addToUnits('rollup_day_unit', days),
    addToRecent(recent),
  ];
  for (const { text, values } of statements) await tx.query(text, values);
}

/** One fact a charge, sorted by id; of several with one id the first stands. */
function distinct(facts: readonly ChargeFact[]): ChargeFact[] {
  const byId = new Map<string, ChargeFact>();
  for (const fact of facts) if (!byId.has(fact.chargeId)) byId.set(fact.chargeId, fact);
  return [...byId.values()].sort((left, right) => (left.chargeId < right.chargeId ? -1 : 1));
}
