import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A model of the seed. */
export interface SeedModel {
  readonly provider: string;
  readonly model: string;
  readonly modality: string;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  /** YYYY-MM-DD; empty for none. */
  readonly deprecationDate: string;
}

/** A list price of the seed. */
export interface SeedPrice {
  readonly provider: string;
  readonly model: string;
  readonly unit: string;
  readonly amount: string;
  readonly currency: string;
  readonly per: string;
  readonly conditions: Readonly<Record<string, string>>;
}

export interface SeedRate {
  readonly currency: string;
  readonly date: string;
  readonly rate: string;
}

/** The data files of services/pricing/data. */
export interface SeedData {
  /** Identifies the files' content. */
  readonly digest: string;
  /** Where the prices come from: package, version and date. */
  readonly source: string;
  readonly models: readonly SeedModel[];
  readonly prices: readonly SeedPrice[];
  readonly rates: readonly SeedRate[];
}

interface Head {
  readonly snapshot: string;
  readonly date: string;
  readonly currency: string;
  readonly per: Readonly<Record<string, string>>;
}
type ModelLine = [string, string, string, number, number, string, [string, string, Record<string, string>?][]];

/** services/pricing/data, from source and from dist alike. */
export const DATA_FOLDER = join(__dirname, '../../data');

/** Reads catalogue.jsonl and fx.csv (see tools/catalogue). */
export function readSeedData(folder: string = DATA_FOLDER): SeedData {
  const catalogue = readFileSync(join(folder, 'catalogue.jsonl'), 'utf8');
  const fx = readFileSync(join(folder, 'fx.csv'), 'utf8');
  const [headLine = '', ...lines] = catalogue.trimEnd().split('\n');
  const head = JSON.parse(headLine) as Head;
  const models: SeedModel[] = [];
  const prices: SeedPrice[] = [];
  for (const line of lines) {
    const [provider, model, modality, maxInputTokens, maxOutputTokens, deprecationDate, listed] = JSON.parse(line) as ModelLine;
    models.push({ provider, model, modality, maxInputTokens, maxOutputTokens, deprecationDate });
    for (const [unit, amount, conditions = {}] of listed) {
      prices.push({ provider, model, unit, amount, currency: head.currency, per: head.per[unit]!, conditions });
    }
  }
  const digest = createHash('sha256').update(catalogue).update(fx).digest('hex');
  return { digest, source: `${head.snapshot}, ${head.date}`, models, prices, rates: readRates(fx) };
}

function readRates(csv: string): SeedRate[] {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const [, ...currencies] = header.split(',');
  return lines.flatMap((line) => {
    const [date = '', ...cells] = line.split(',');
    return currencies.flatMap((currency, index) => (cells[index] ? [{ currency, date, rate: cells[index] }] : []));
  });
}
