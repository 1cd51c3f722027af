import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Public port of ingress; undefined: 8080, or the next free one. */
  readonly ingressPort: number | undefined;
  /** Port of the console and front door; undefined: 8088, or the next free one. */
  readonly consolePort: number | undefined;
  readonly dataDir: string;
  readonly fresh: boolean;
  readonly demo: boolean;
  /** Processes of each service. */
  readonly copies: number;
  readonly help: boolean;
}

/** What a person typed that cannot be meant. */
export class OptionError extends Error {}

export const HELP = `npm start -- [options]

  --ingress-port PORT   gateway (default 8080, or TOLLGATE_INGRESS_PORT)
  --console-port PORT   front door and console (default 8088, or TOLLGATE_CONSOLE_PORT)
  --data-dir FOLDER     databases, secrets, logs (default .tollgate in the project)
  --fresh               throw the data away first
  --no-demo             no demo on a fresh data folder
  --copies N            processes of each service (default 1, at most 4)
  --help

DATABASE_URL and KAFKA_BROKERS take servers that already run instead of the embedded ones. OPENAI_API_KEY, GROQ_API_KEY, MISTRAL_API_KEY, DEEPSEEK_API_KEY,
TOGETHER_API_KEY and XAI_API_KEY connect the provider itself instead of its simulator.`;

/** Reads the command line; relative folders count from where the command was given. */
export function parseOptions(argv: string[], env: NodeJS.ProcessEnv, projectRoot: string): StartOptions {
  const { values } = parse(argv);
  return {
    ingressPort: port('--ingress-port', values['ingress-port'] ?? env.TOLLGATE_INGRESS_PORT),
    consolePort: port('--console-port', values['console-port'] ?? env.TOLLGATE_CONSOLE_PORT),
    dataDir: resolve(env.INIT_CWD ?? process.cwd(), values['data-dir'] ?? resolve(projectRoot, '.tollgate')),
    fresh: values.fresh,
    demo: !values['no-demo'],
    copies: wholeNumber('--copies', values.copies, 1, 4),
    help: values.help,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        'ingress-port': { type: 'string' },
        'console-port': { type: 'string' },
        'data-dir': { type: 'string' },
        fresh: { type: 'boolean', default: false },
        'no-demo': { type: 'boolean', default: false },
        copies: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new OptionError(`${(error as Error).message}\n\n${HELP}`);
  }
}

function port(name: string, text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : wholeNumber(name, text, 1, 65_535);
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new OptionError(`${name} is "${text}": give a whole number from ${least} to ${most}`);
}
