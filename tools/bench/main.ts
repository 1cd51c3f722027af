import { gatewayBench } from './gateway-bench';
import { pipelineBench } from './pipeline-bench';

const USAGE = `usage: npm run bench -- gateway [--quick]   CPU a call and calls/s against the floor
       npm run bench -- pipeline [EVENTS]  events/s from the usage API to ledger and rollups (default 100000)`;

async function main([what, option]: string[]): Promise<void> {
  if (what === 'gateway') {
    const quick = option === '--quick';
    await gatewayBench({ rounds: quick ? 2 : 5, seconds: quick ? 3 : 6, connections: quick ? [32] : [32, 256] });
  } else if (what === 'pipeline') {
    await pipelineBench(option === undefined ? 100_000 : Number(option));
  } else {
    console.error(USAGE);
    process.exitCode = 2;
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
