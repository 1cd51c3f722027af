import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from 'undici';
import { AddressGuard } from './address-guard';
import { parseAllowedAddresses } from './allowed-addresses';
import { isSpecialAddress } from './special-addresses';

describe('special addresses', () => {
  it.each(
    `0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.1.1
    198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:a9fe:a9fe
    0:0:0:0:0:ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b:1::1 ::127.0.0.1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1
    2001:db8::1 2001::1 2002:7f00:1:: 3fff::1 100::1 nonsense 1.2.3 0x7f.1`.split(/\s+/),
  )('%s is special', (address) => expect(isSpecialAddress(address)).toBe(true));

  it.each(
    '1.1.1.1 8.8.8.8 172.32.0.1 100.128.0.1 198.20.0.1 223.255.255.255 2606:4700::1111 2a00:1450:4001::1 ::ffff:8.8.8.8 64:ff9b::808:808'.split(
      ' ',
    ),
  )('%s is public', (address) => expect(isSpecialAddress(address)).toBe(false));
});

describe('allowed addresses', () => {
  it('allows exactly what is named', () => {
    const allowed = parseAllowedAddresses('127.0.0.1, 10.1.0.0/16, ::1, Simulator, fd00::/8');
    const yes = ['127.0.0.1', '10.1.255.255', '::1', 'fd12::1', '::ffff:127.0.0.1', '8.8.8.8'];
    const no = ['127.0.0.2', '10.2.0.0', 'fc00::1', '169.254.169.254', '::ffff:127.0.0.2'];
    expect(yes.filter((address) => !allowed.isAllowedAddress(address))).toEqual([]);
    expect(no.filter((address) => allowed.isAllowedAddress(address))).toEqual([]);
    expect([allowed.isAllowedHost('simulator.'), allowed.isAllowedHost('other')]).toEqual([true, false]);
  });
  it.each(['10.0.0.0/33', 'http://x', 'a b', '1.2.3.4/x'])('refuses the entry %s', (entry) =>
    expect(() => parseAllowedAddresses(entry)).toThrow(/neither/),
  );
});

describe('registered URLs', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost:8080/',
    'http://169.254.169.254/latest/meta-data',
    'http://user:pw@example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'nonsense',
  ])('refuses %s', async (url) => {
    await expect(new AddressGuard('').assertAllowedUrl(url)).rejects.toMatchObject({ status: 400, code: 'url_not_allowed' });
  });
  it('accepts public addresses, and private ones that are named', async () => {
    await expect(new AddressGuard('').assertAllowedUrl('https://1.1.1.1/hook')).resolves.toBeInstanceOf(URL);
    await expect(new AddressGuard('127.0.0.1,::1').assertAllowedUrl('http://127.0.0.1:99/x')).resolves.toBeInstanceOf(URL);
  });
});

describe('connections', () => {
  let server: Server;
  let hits = 0;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      hits += 1;
      response.end('inside');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());
  const url = (host: string) => `http://${host}:${(server.address() as AddressInfo).port}/`;

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])('refuses %s at the connection, after its name was resolved', async (host) => {
    const dispatcher = new AddressGuard('').dispatcher();
    await expect(request(url(host), { dispatcher })).rejects.toMatchObject({ code: 'TOLLGATE_ADDRESS_REFUSED' });
    await dispatcher.close();
    expect(hits).toBe(0);
  });
  it.each(['127.0.0.1', 'localhost'])('connects to %s when it is allowed', async (host) => {
    const dispatcher = new AddressGuard('127.0.0.0/8,::1').dispatcher();
    expect(await (await request(url(host), { dispatcher })).body.text()).toBe('inside');
    await dispatcher.close();
  });
});
