import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '@tollgate/testing';
import { PortChooser } from './choose-ports';

let busy: Server | undefined;
afterEach(() => busy?.close());

async function occupy(): Promise<number> {
  const port = await freePort();
  await new Promise<void>((resolve) => (busy = createServer().listen(port, '127.0.0.1', resolve)));
  return port;
}

describe('the choice of ports', () => {
  it('takes the next free port where nobody asked for one, and says so', async () => {
    const port = await occupy();
    const said: string[] = [];
    const chosen = await new PortChooser((text) => said.push(text)).public('--ingress-port', undefined, port);
    expect(chosen).toBeGreaterThan(port);
    expect(said).toEqual([`port ${port} is in use by another program: taking ${chosen} (--ingress-port chooses)`]);
  });

  it('refuses a port that was asked for and is in use, naming the option', async () => {
    const port = await occupy();
    await expect(new PortChooser().public('--ingress-port', port, 8080)).rejects.toThrow(`port ${port} is in use by another program`);
  });

  it('never gives one port twice', async () => {
    const ports = new PortChooser();
    const first = await ports.internal(21_000);
    expect(await ports.internal(first)).toBeGreaterThan(first);
    await expect(ports.public('--console-port', first, 8088)).rejects.toThrow('--console-port');
  });
});
