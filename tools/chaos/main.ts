import { parseArgs } from 'node:util';
import { crashRun } from './crash-run';
import { outageRun } from './outage-run';

const USAGE = `usage: npm run chaos -- crashes [--seeds 1,2,3,4,5] [--total 20000] [--copies 1]
       npm run chaos -- outages [--seeds 1]`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '1' },
      total: { type: 'string', default: '20000' },
      copies: { type: 'string', default: '1' },
    },
  });
  const seeds = values.seeds.split(',').map(Number);
  const results: boolean[] = [];
  for (const seed of seeds) {
    if (positionals[0] === 'crashes') results.push(await crashRun(seed, Number(values.total), Number(values.copies)));
    else if (positionals[0] === 'outages') results.push(await outageRun(seed));
    else throw new Error(USAGE);
  }
  console.log(`${results.filter(Boolean).length} of ${results.length} runs with the books right`);
  process.exitCode = results.every(Boolean) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error && error.message.startsWith('usage') ? error.message : error);
  process.exitCode = 2;
});
