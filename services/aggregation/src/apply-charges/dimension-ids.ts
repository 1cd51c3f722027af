import type { Sql } from '@tollgate/platform/database';
import type { ChargeFact, Dimension } from './charge-facts';

const COLUMNS = 'organization_id, provider, model, project, team, env, feature, key_id';
const PARAMETERS = 'unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])';

/** Looks up the dimensions that exist; the unique index answers each row. */
const FIND = `SELECT d.id, w.position FROM ${PARAMETERS} WITH ORDINALITY AS w (${COLUMNS}, position) JOIN dimensions d USING (${COLUMNS})`;
const ADD = `INSERT INTO dimensions (${COLUMNS}) SELECT * FROM ${PARAMETERS} ON CONFLICT DO NOTHING`;

/**
 * Interned ids of dimensions: each distinct combination of an organisation has one row for ever. The newest ids are remembered in the process, up to
 * a bound; what falls out is looked up again. Interning commits by itself, before the batch: a combination without rollups harms nobody.
 */
export class DimensionIds {
  readonly #database: Sql;
  readonly #bound: number;
  readonly #ids = new Map<string, string>();

  constructor(database: Sql, bound = 50_000) {
    this.#database = database;
    this.#bound = bound;
  }

  /** How many ids are remembered. */
  get size(): number {
    return this.#ids.size;
  }

  /** The ids of all the facts' dimensions, adding those that are new. */
  async resolve(facts: readonly ChargeFact[]): Promise<(fact: ChargeFact) => string> {
    const keys = new Map<ChargeFact, string>();
    const found = new Map<string, string>();
    const missing = new Map<string, Dimension>();
    for (const fact of facts) {
      const key = keyOf(fact.dimension);
      keys.set(fact, key);
      const id = this.#ids.get(key);
      if (id === undefined) missing.set(key, fact.dimension);
      else found.set(key, id);
    }
    if (missing.size > 0) await this.#intern(missing, found);
    return (fact) => found.get(keys.get(fact) ?? '') ?? unresolved(fact);
  }

  async #intern(missing: Map<string, Dimension>, found: Map<string, string>): Promise<void> {
    // Sorted, so that processes that add the same new combinations wait for each other in one order.
    const wanted = [...missing].sort(([left], [right]) => (left < right ? -1 : 1));
    let unknown = await this.#find(wanted, found);
    if (unknown.length === 0) return;
    await this.#database.query(ADD, columnsOf(unknown));
    unknown = await this.#find(unknown, found);
    if (unknown.length > 0) throw new Error(`${unknown.length} dimensions could not be interned`);
  }

  async #find(wanted: readonly [string, Dimension][], found: Map<string, string>): Promise<[string, Dimension][]> {
    const { rows } = await this.#database.query<{ id: string; position: string }>(FIND, columnsOf(wanted));
    for (const { id, position } of rows) {
      const key = wanted[Number(position) - 1]?.[0] ?? '';
      found.set(key, id);
      this.#remember(key, id);
    }
    return wanted.filter(([key]) => !found.has(key));
  }

  #remember(key: string, id: string): void {
    if (this.#ids.size >= this.#bound) {
      const [oldest] = this.#ids.keys();
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    this.#ids.set(key, id);
  }
}

function columnsOf(entries: readonly [string, Dimension][]): string[][] {
  const members = ['organizationId', 'provider', 'model', 'project', 'team', 'env', 'feature', 'keyId'] as const;
  return members.map((member) => entries.map(([, dimension]) => dimension[member]));
}

/** Unambiguous: no member can hold the separator, since PostgreSQL's text cannot hold it either. */
function keyOf({ organizationId, provider, model, project, team, env, feature, keyId }: Dimension): string {
  return `${organizationId}\0${provider}\0${model}\0${project}\0${team}\0${env}\0${feature}\0${keyId}`;
}

function unresolved(fact: ChargeFact): never {
  throw new Error(`the dimension of charge ${fact.chargeId} was not resolved`);
}
