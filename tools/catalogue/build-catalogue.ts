import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crossCheck } from './cross-check';
import { readEcbRates } from './ecb-rates';
import type { GenaiProvider } from './genai-prices';
import type { LitellmMap } from './litellm-entry';
import { readCatalogue } from './read-catalogue';
import { catalogueLines, crossCheckReport, fxLines, provenance, type Sources } from './write-catalogue';

/** Usage may be 13 months old when it arrives; three years let an installation re-rate further back. */
const FX_YEARS = 3;
/** Fewer would mean that the source has changed its shape. */
const LEAST_PRICED_MODELS = 1_500;

const [sourceFolder, dataFolder] = process.argv.slice(2);
if (!sourceFolder || !dataFolder) throw new Error('Usage: build-catalogue.js SOURCE_FOLDER DATA_FOLDER (see tools/catalogue/README.md)');
const source = (name: string) => readFileSync(join(sourceFolder, name), 'utf8');
const write = (name: string, text: string) => writeFileSync(join(dataFolder, name), text);

const sources = JSON.parse(source('sources.json')) as Sources;
const read = readCatalogue(JSON.parse(source('litellm.json')) as LitellmMap);
const priced = read.models.filter(({ prices }) => prices.length > 0).length;
if (priced < LEAST_PRICED_MODELS) throw new Error(`Only ${priced} priced models: has the source changed its shape?`);
const csv = source('eurofxref-hist.csv');
const newest = csv.split('\n')[1]!.slice(0, 10);
const rates = readEcbRates(csv, `${Number(newest.slice(0, 4)) - FX_YEARS}${newest.slice(4)}`);
const check = crossCheck(read.models, JSON.parse(source('genai-prices.json')) as GenaiProvider[], sources.snapshotDate);

write('catalogue.jsonl', catalogueLines(read.models, sources));
write('fx.csv', fxLines(rates));
write('README.md', provenance(read, rates, sources));
write('cross-check.md', crossCheckReport(check, sources));
console.log(
  `${read.models.length} models, ${priced} priced; ${rates.rows.length} days of rates; ${check.differences.length} prices differ from the second source`,
);
