import { topics, type FxRate, type Markup, type Model, type Price } from '@tollgate/contracts';
import { shiftPeriod } from '@tollgate/domain';
import type { OutboxRecord } from '@tollgate/platform/database';
import { conditionKey } from '../hold-catalogue/condition-key';

/** Usage may be 13 months old when it comes; one more lets the month before it be asked for. */
const FX_MONTHS = 14;

export function modelRecord(model: Model): OutboxRecord {
  return { topic: topics.models.name, key: `${model.provider}/${model.model}`, value: topics.models.encode(model) };
}

/** The key names the start of validity, so that compaction keeps every version and an ended one replaces itself. */
export function priceRecord(price: Price): OutboxRecord {
  const key = [price.provider, price.model, price.unit, conditionKey(price.conditions), price.validFrom].join('/');
  return { topic: topics.prices.name, key, value: topics.prices.encode(price) };
}

export function fxRecord(rate: FxRate): OutboxRecord {
  return { topic: topics.fx.name, key: `${rate.currency}/${rate.date}`, value: topics.fx.encode(rate) };
}

/** Whether other services need the rate: they convert what happens now, and at most what happened 13 months ago. */
export function isRecentRate(date: string, now: number): boolean {
  return date.slice(0, 7) >= shiftPeriod(new Date(now).toISOString().slice(0, 7), -FX_MONTHS);
}

export function markupRecord(markup: Markup): OutboxRecord {
  return { topic: topics.markups.name, key: markup.organizationId, value: topics.markups.encode(markup) };
}
