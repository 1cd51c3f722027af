import type { PortChooser } from './choose-ports';
import { DATABASE_SERVICES, type DatabaseService, type Secrets } from './secrets';

/** Every service, in the order of its dependents. */
export const SERVICES = [...DATABASE_SERVICES, 'ingress', 'console'] as const;

/** The name of a service. */
export type ServiceName = (typeof SERVICES)[number];

/** One process of a service. */
export interface ServiceProcess {
  /** `pricing`, and `pricing-2` for its second process. */
  readonly name: string;
  readonly service: ServiceName;
  /** Where REST and the operations endpoints answer. */
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What the plan has to know. */
export interface PlanInput {
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  readonly brokers: string;
  readonly ingressPort: number;
  readonly consolePort: number;
  readonly ingressDataDir: string;
  readonly copies: number;
  readonly ports: PortChooser;
  /** TOLLGATE_SELLER_… of this environment go before the made-up seller. */
  readonly env: NodeJS.ProcessEnv;
}

/** Which process runs with which environment. */
export interface ServicePlan {
  readonly processes: readonly ServiceProcess[];
  readonly ingressUrls: readonly string[];
  readonly consoleUrls: readonly string[];
  /** The environment of a service's migrations. */
  migrationEnv(service: DatabaseService): Record<string, string>;
}

const PREFERRED_PORTS: Readonly<Record<ServiceName, number>> = {
  accounts: 8101,
  pricing: 8102,
  aggregation: 8103,
  'budget-alert': 8104,
  invoicing: 8105,
  ingress: 8180,
  console: 8088,
};
const PREFERRED_GRANTS_PORT = 8114;
const HOST = '127.0.0.1';
/** Everything runs on this machine, the simulator and the demo's webhook receiver too. */
const ALLOWED_PRIVATE_ADDRESSES = '127.0.0.0/8,::1,localhost';

/** Plans the processes. Each service is told only the secrets that it needs: provider secrets are opened by accounts and ingress alone. */
export async function planServices(input: PlanInput): Promise<ServicePlan> {
  const places = await choosePlaces(input);
  const urls = (service: ServiceName): string[] =>
    places.filter((place) => place.service === service).map((place) => `http://${HOST}:${place.port}`);
  const ingressUrls = places.flatMap((place) => (place.publicPort === undefined ? [] : [`http://${HOST}:${place.publicPort}`]));
  const common = {
    TOLLGATE_HOST: HOST,
    KAFKA_BROKERS: input.brokers,
    TOLLGATE_INTERNAL_SECRET: input.secrets.internalSecret,
    TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: ALLOWED_PRIVATE_ADDRESSES,
    TOLLGATE_ACCOUNTS_URL: urls('accounts').join(','),
    TOLLGATE_PRICING_URL: urls('pricing').join(','),
    TOLLGATE_AGGREGATION_URL: urls('aggregation').join(','),
    TOLLGATE_BUDGET_ALERT_URL: urls('budget-alert').join(','),
    TOLLGATE_INVOICING_URL: urls('invoicing').join(','),
    TOLLGATE_INGRESS_OPERATIONS_URL: urls('ingress').join(','),
    TOLLGATE_INGRESS_URL: ingressUrls[0] ?? '',
    TOLLGATE_GRANTS_ADDRESSES: places.flatMap((place) => (place.grantsPort === undefined ? [] : [`${HOST}:${place.grantsPort}`])).join(','),
  };
  const processes = places.map((place): ServiceProcess => {
    const ports = {
      TOLLGATE_PORT: String(place.port),
      ...(place.publicPort === undefined ? {} : { TOLLGATE_INGRESS_PORT: String(place.publicPort) }),
      ...(place.grantsPort === undefined ? {} : { TOLLGATE_GRANTS_PORT: String(place.grantsPort) }),
    };
    const env = { ...common, ...ports, ...ownVariables(place.service, input) };
    return {
      name: place.copy === 1 ? place.service : `${place.service}-${place.copy}`,
      service: place.service,
      url: `http://${HOST}:${place.port}`,
      env,
    };
  });
  return {
    processes,
    ingressUrls,
    consoleUrls: urls('console'),
    migrationEnv: (service) => ({
      DATABASE_URL: input.databaseUrl,
      ...databaseUrls(service, input),
      TOLLGATE_INTERNAL_SECRET: input.secrets.internalSecret,
    }),
  };
}

interface Place {
  service: ServiceName;
  copy: number;
  port: number;
  publicPort?: number;
  grantsPort?: number;
}

async function choosePlaces(input: PlanInput): Promise<Place[]> {
  const places: Place[] = [];
  for (let copy = 1; copy <= input.copies; copy += 1) {
    for (const service of SERVICES) {
      // A second process takes ports a hundred higher where they are free.
      const offset = (copy - 1) * 100;
      const port = service === 'console' && copy === 1 ? input.consolePort : await input.ports.internal(PREFERRED_PORTS[service] + offset);
      const place: Place = { service, copy, port };
      if (service === 'ingress') place.publicPort = copy === 1 ? input.ingressPort : await input.ports.internal(8080 + offset);
      if (service === 'budget-alert') place.grantsPort = await input.ports.internal(PREFERRED_GRANTS_PORT + offset);
      places.push(place);
    }
  }
  return places;
}

function ownVariables(service: ServiceName, input: PlanInput): Record<string, string> {
  const { keyPepper, encryptionKey, operatorKey } = input.secrets;
  const sealed = { TOLLGATE_KEY_PEPPER: keyPepper, TOLLGATE_ENCRYPTION_KEY: encryptionKey };
  if (service === 'ingress') return { ...sealed, TOLLGATE_DATA_DIR: input.ingressDataDir };
  if (service === 'console') return {};
  const databases = databaseUrls(service, input);
  if (service === 'invoicing') return { ...databases, ...DEFAULT_SELLER, ...givenSeller(input.env) };
  return service === 'accounts' ? { ...databases, ...sealed, TOLLGATE_BOOTSTRAP_OPERATOR_KEY: operatorKey } : databases;
}

/** Invoices need somebody who sends them. */
const DEFAULT_SELLER = {
  TOLLGATE_SELLER_NAME: 'Tollgate Example Operations GmbH',
  TOLLGATE_SELLER_ADDRESS: 'Beispielweg 1|10115 Berlin',
  TOLLGATE_SELLER_COUNTRY: 'DE',
  TOLLGATE_SELLER_VAT_ID: 'DE111111125',
  TOLLGATE_SELLER_EMAIL: 'billing@tollgate.example',
};

function givenSeller(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (name.startsWith('TOLLGATE_SELLER_') && value ? [[name, value]] : [])),
  );
}

function databaseUrls(service: DatabaseService, input: PlanInput): Record<string, string> {
  const role = `tollgate_${service.replaceAll('-', '_')}`;
  const { rest, consumer } = input.secrets.passwords[service];
  return {
    TOLLGATE_DB_URL: asUser(input.databaseUrl, role, rest),
    TOLLGATE_CONSUMER_DB_URL: asUser(input.databaseUrl, `${role}_consumer`, consumer),
  };
}

function asUser(databaseUrl: string, user: string, password: string): string {
  const url = new URL(databaseUrl);
  url.username = user;
  url.password = password;
  return url.toString();
}
