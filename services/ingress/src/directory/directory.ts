import { type Budget, type Connection, type Model, type Organization, type Project, type Topic, topics } from '@tollgate/contracts';
import { Decimal, type FxBook, type PriceBook } from '@tollgate/domain';
import type { DirectoryView } from '@tollgate/platform/directory';
import { followPrices, followRates } from './follow-prices';
import { type GroupedView, groupedView } from './grouped-view';
import { KeyIndex } from './key-index';

/** What ingress has to know to answer a call without asking anybody. */
export const DIRECTORY_TOPICS = [
  topics.organizations,
  topics.projects,
  topics.keys,
  topics.connections,
  topics.models,
  topics.prices,
  topics.fx,
  topics.markups,
  topics.budgets,
] as const;

/** Where the directory gets its views from: a `DirectoryReader`, not yet started. */
export interface DirectorySource {
  readonly ready: boolean;
  readonly live: boolean;
  view<T>(topic: Topic<T>): DirectoryView<T>;
}

/** Percent on list prices, and of list prices as the fee on own connections. */
export interface Terms {
  readonly percent: Decimal;
  readonly feePercent: Decimal;
}

const LIST_PRICE: Terms = { percent: Decimal.ZERO, feePercent: Decimal.ZERO };

/** What the other services have published, indexed by what a call asks for. All of it is in memory and follows the topics by itself. */
export class Directory {
  /** Grows with every change: what was worked out from the directory holds as long as this is the same. */
  version = 0;
  readonly keys: KeyIndex;
  readonly prices: PriceBook;
  readonly fx: FxBook;
  private readonly projects: GroupedView<Project>;
  private readonly connections: GroupedView<Connection>;
  private readonly budgets: GroupedView<Budget>;
  private readonly modelNames: GroupedView<Model>;
  private isOpen = false;

  constructor(private readonly source: DirectorySource) {
    this.keys = new KeyIndex(source.view(topics.keys));
    this.prices = followPrices(source.view(topics.prices));
    this.fx = followRates(source.view(topics.fx));
    this.projects = groupedView(source.view(topics.projects), ({ organizationId, slug }) => `${organizationId}/${slug}`);
    this.connections = groupedView(source.view(topics.connections), ({ organizationId }) => organizationId);
    this.budgets = groupedView(source.view(topics.budgets), ({ organizationId }) => organizationId);
    this.modelNames = groupedView(source.view(topics.models), ({ model }) => model);
    for (const topic of DIRECTORY_TOPICS) source.view<unknown>(topic as Topic<unknown>).onChange(() => (this.version += 1));
  }

  /** Lets the views be used: the topics have been read, or enough was waited for them. */
  open(): void {
    this.isOpen = true;
  }

  /** Whether the views are complete; out of date only while Kafka is away. */
  get ready(): boolean {
    return this.isOpen && this.source.ready;
  }

  /** Whether changes arrive. */
  get live(): boolean {
    return this.source.live;
  }

  organization(id: string): Organization | undefined {
    return this.source.view(topics.organizations).get(id);
  }

  project(organizationId: string, slug: string): Project | undefined {
    return this.projects.of(`${organizationId}/${slug}`)[0];
  }

  /** The connections that the organisation can use now: its own first, then the shared ones. */
  activeConnections(organizationId: string): Connection[] {
    return [...this.connections.of(organizationId), ...this.connections.of('')].filter(({ status }) => status === 'active');
  }

  model(provider: string, model: string): Model | undefined {
    return this.source.view(topics.models).get(`${provider}/${model}`);
  }

  /** The models of that name, of all providers. */
  modelsNamed(name: string): readonly Model[] {
    return this.modelNames.of(name);
  }

  models(): Iterable<Model> {
    return this.source.view(topics.models).values();
  }

  activeBudgets(organizationId: string): Budget[] {
    return this.budgets.of(organizationId).filter(({ status }) => status === 'active');
  }

  terms(organizationId: string, nowMs: number): Terms {
    const markup = this.source.view(topics.markups).get(organizationId);
    if (!markup || (markup.validFrom !== '' && Date.parse(markup.validFrom) > nowMs)) return LIST_PRICE;
    return { percent: Decimal.parse(markup.percent || '0'), feePercent: Decimal.parse(markup.ownConnectionFeePercent || '0') };
  }

  /** Calls back whenever a budget changed or went. */
  onBudget(listener: (id: string, budget: Budget | undefined) => void): void {
    this.source.view(topics.budgets).onChange(listener);
  }
}
