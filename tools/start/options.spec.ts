import { describe, expect, it } from 'vitest';
import { OptionError, parseOptions } from './options';

const parse = (argv: string[], env: NodeJS.ProcessEnv = {}) => parseOptions(argv, { INIT_CWD: '/home/ada', ...env }, '/srv/tollgate');

describe('the options of npm start', () => {
  it('default to the project’s own data folder, free choice of ports, and the demo', () => {
    expect(parse([])).toEqual({
      ingressPort: undefined,
      consolePort: undefined,
      dataDir: '/srv/tollgate/.tollgate',
      fresh: false,
      demo: true,
      copies: 1,
      help: false,
    });
  });

  it('take a data folder from where the command was given', () => {
    expect(parse(['--data-dir', 'try']).dataDir).toBe('/home/ada/try');
    expect(parse(['--data-dir', '/tmp/try']).dataDir).toBe('/tmp/try');
  });

  it('let the command line go before the environment', () => {
    const env = { TOLLGATE_INGRESS_PORT: '9000', TOLLGATE_CONSOLE_PORT: '9001' };
    const { ingressPort, consolePort } = parse(['--ingress-port', '9100'], env);
    expect([ingressPort, consolePort]).toEqual([9100, 9001]);
  });

  it.each([['--ingress-port', '0'], ['--console-port', '65536'], ['--ingress-port', '80a'], ['--copies', '5'], ['--prot', '80'], ['now']])(
    'refuse %s %s',
    (...argv) => {
      expect(() => parse(argv.filter((part) => part !== undefined))).toThrow(OptionError);
    },
  );
});
