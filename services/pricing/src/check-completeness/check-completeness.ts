import type { Clock } from '@tollgate/platform/config';
import type { TenantDatabase } from '@tollgate/platform/database';
import type { OrganizationDirectory } from '../http/organization-directory';
import { ledgerBooks, type Books } from '../keep-books/ledger-books';
import { readProducers, type Producer } from '../track-producers/read-producers';
import { compareBooks, type AllBooks, type BudgetSpend, type Difference } from './compare-books';
import type { BooksQuestion, ConsumerBooks } from './consumer-books';
import type { LedgerProgress } from './ledger-progress';
import { readRepeats, type Repeats } from './read-repeats';

/** Younger charges are left out: by then everything that was rated before has had time to arrive everywhere. */
const CUT_BEHIND_MS = 15_000;
const CONSUMERS = ['aggregation', 'budget-alert', 'invoicing'] as const;

/** Whether the books agree, and everything that is needed to see why. */
export interface Completeness {
  /** Null while a service has not come past the cut. */
  readonly agrees: boolean | null;
  /** Epoch milliseconds: charges rated before this are compared. */
  readonly asOf: number;
  readonly lagging: string[];
  readonly ledger: Books & { readonly parked: string };
  readonly rollups: Books | undefined;
  readonly invoicing: (Books & { readonly invoiced: string; readonly unbilled: string }) | undefined;
  readonly budgets: readonly BudgetSpend[];
  readonly producers: readonly Producer[];
  readonly differences: readonly Difference[];
  readonly repeats: Repeats;
}

/** The checker of the books in production (invariants 4 and 5). */
export class CompletenessChecker {
  constructor(
    private readonly database: TenantDatabase,
    private readonly organizations: OrganizationDirectory,
    private readonly progress: LedgerProgress,
    private readonly consumers: ConsumerBooks,
    private readonly clock: Clock,
  ) {}

  async check(organizationId: string, period: string): Promise<Completeness> {
    const { timeZone } = this.organizations.require(organizationId);
    const cut = Math.floor((this.clock.now() - CUT_BEHIND_MS) / 1_000) * 1_000;
    const question = { organizationId, period, cut };
    const ledgerPassed = await this.progress.ledgerPassed(cut);
    const [aggregation, budgets, invoicing] = await this.#askConsumers(question, ledgerPassed);
    const own = await this.database.run(organizationId, async (manager) => ({
      ledger: await ledgerBooks(manager, { ...question, timeZone }),
      producers: await readProducers((sql) => manager.query(sql)),
      repeats: await readRepeats(manager, { organizationId, period, timeZone }),
    }));
    const books = { ledger: own.ledger, aggregation, budgets, invoicing } as AllBooks;
    const lagging = [...(ledgerPassed ? [] : ['pricing']), ...CONSUMERS.filter((_, index) => ![aggregation, budgets, invoicing][index])];
    const differences = compareBooks(books);
    return {
      agrees: lagging.length > 0 ? null : differences.length === 0,
      asOf: cut,
      lagging,
      ...own,
      rollups: aggregation,
      invoicing: books.invoicing,
      budgets: books.budgets?.budgets ?? [],
      differences,
    };
  }

  /** In the order of CONSUMERS; undefined from one that is behind or does not answer. Without the ledger's end nobody can have passed it. */
  async #askConsumers(question: BooksQuestion, ledgerPassed: boolean): Promise<(Books | undefined)[]> {
    const published = ledgerPassed ? await this.progress.published().catch(() => undefined) : undefined;
    if (!published) return CONSUMERS.map(() => undefined);
    return Promise.all(
      CONSUMERS.map(async (service) =>
        (await this.progress.groupPassed(service, published)) ? this.consumers.ask(service, question, this.clock.now()) : undefined,
      ),
    );
  }
}
