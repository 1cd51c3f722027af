import type { DataFolder } from '../data-folder';
import type { DevFile } from '../dev-file';
import type { Progress } from '../progress';
import { awaitModels } from './await-models';
import { seedDemoOrganization, type DemoOrganization } from './demo-organization';
import { RestClient } from './rest-client';
import { connectProviders, type ConnectionState } from './shared-connections';

/** What organization.json keeps. */
type Kept = Partial<DemoOrganization> & { connections?: ConnectionState };

/** What is known of the system that is seeded. */
export interface SeededSystem {
  readonly ingressUrl: string;
  readonly consoleUrl: string;
  readonly simulatorUrl: string;
  readonly secrets: { readonly operatorKey: string };
}

/** Gives a started system its shared connections and its demo organisation, over the public REST. Safe to repeat: what is there stays. */
export async function seedSystem(system: SeededSystem, folder: DataFolder, env: NodeJS.ProcessEnv, progress: Progress): Promise<DevFile> {
  const clientOf = (key: string): RestClient => new RestClient(system.consoleUrl, key);
  let kept: Kept = folder.read<Kept>('organization.json') ?? {};
  const keep = (more: Kept): void => folder.write('organization.json', (kept = { ...kept, ...more }));
  const { operatorKey } = system.secrets;
  const { state, real } = await connectProviders(clientOf(operatorKey), system.simulatorUrl, env, kept.connections ?? {});
  keep({ connections: state });
  if (real.length > 0) progress.step(`connected with their own keys: ${real.join(', ')} (calls to them cost real money)`);
  const organization = await seedDemoOrganization(operatorKey, clientOf, kept, keep);
  await awaitModels(new RestClient(system.ingressUrl, organization.apiKey), Object.keys(state));
  return { ingressUrl: system.ingressUrl, consoleUrl: system.consoleUrl, ...organization, operatorKey };
}
