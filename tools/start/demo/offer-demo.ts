import type { DataFolder } from '../data-folder';
import type { DemoSummary, DevFile } from '../dev-file';
import type { Progress } from '../progress';
import { RestClient } from '../seed/rest-client';
import type { DemoContext } from './demo-context';
import { runDemo } from './run-demo';

/** What demo.json remembers: a demo that was declined on a fresh folder is not sprung on its user later; one that failed is tried again. */
type DemoState = { readonly status: 'declined' | 'begun' } | { readonly status: 'finished'; readonly summary: DemoSummary };

/** Writes dev.json, says that all is ready, and runs the demo where it is wanted and did not finish before. A demo that fails says where and why, and
 * everything stays up. */
export async function offerDemo(offer: {
  dev: DevFile;
  folder: DataFolder;
  progress: Progress;
  wanted: boolean;
  signal: AbortSignal;
  ready: () => void;
  /** Where the demo's webhook receiver listens and is reached; on this machine by default. */
  receiver?: DemoContext['receiver'];
}): Promise<void> {
  const { dev, folder, progress, signal } = offer;
  const before = folder.read<DemoState>('demo.json');
  folder.write('dev.json', before?.status === 'finished' ? { ...dev, demo: before.summary } : dev);
  offer.ready();
  if (before === null) folder.write('demo.json', { status: offer.wanted ? 'begun' : 'declined' } satisfies DemoState);
  if (before?.status === 'finished')
    progress.step(`the demo ran at ${before.summary.finishedAt}; its newest invoice is ${before.summary.pdf}`);
  if (!offer.wanted || before?.status === 'declined' || before?.status === 'finished') return;
  try {
    const { summary, table } = await runDemo({
      ingressUrl: dev.ingressUrl,
      apiKey: dev.apiKey,
      admin: new RestClient(dev.consoleUrl, dev.adminKey),
      finance: new RestClient(dev.consoleUrl, dev.financeKey),
      usage: new RestClient(dev.ingressUrl, dev.apiKey),
      receiver: offer.receiver ?? { bindHost: '127.0.0.1', publicHost: '127.0.0.1', port: 0 },
      outputFolder: folder.folder('demo'),
      now: new Date(),
      progress,
      signal,
    });
    folder.write('demo.json', { status: 'finished', summary } satisfies DemoState);
    folder.write('dev.json', { ...dev, demo: summary });
    console.log(`\n${table}\n\n  the newest invoice: ${summary.pdf}\n`);
    progress.step('demo: done; everything stays up until Ctrl-C');
  } catch (error) {
    if (!signal.aborted) progress.warn(`demo: ${(error as Error).message}`);
  }
}
