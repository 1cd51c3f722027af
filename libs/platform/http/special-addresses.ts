import { BlockList, isIP } from 'node:net';

/** Every IPv4 range of IANA's special-purpose registry (RFC 6890) that is not global, and multicast and class E. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Within 2000::/3, the only global unicast space: IETF protocols and Teredo, documentation, 6to4. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const specialV4 = blockList(SPECIAL_V4, 'ipv4');
const specialV6 = blockList(SPECIAL_V6, 'ipv6');
const globalV6 = blockList(['2000::/3'], 'ipv6');

/**
 * Whether an IP address is private, loopback, link-local (cloud metadata among them), multicast, reserved, or anything else that is not a public
 * unicast address. IPv6 forms that carry an IPv4 address (mapped, NAT64) are judged by it; tunnels (6to4, Teredo) are special. What is no address at
 * all is special, too.
 */
export function isSpecialAddress(address: string): boolean {
  const plain = address.split('%', 1)[0] ?? '';
  if (isIP(plain) === 4) return specialV4.check(plain, 'ipv4');
  if (isIP(plain) !== 6) return true;
  const embedded = embeddedV4(plain);
  if (embedded !== undefined) return specialV4.check(embedded, 'ipv4');
  return !globalV6.check(plain, 'ipv6') || specialV6.check(plain, 'ipv6');
}

/** The IPv4 address inside ::ffff:0:0/96 (RFC 4291) or 64:ff9b::/96 (RFC 6052), else undefined. */
export function embeddedV4(address: string): string | undefined {
  const words = wordsOf(address);
  const mapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff;
  const nat64 = words[0] === 0x64 && words[1] === 0xff9b && words.slice(2, 6).every((word) => word === 0);
  if (!mapped && !nat64) return undefined;
  const [high = 0, low = 0] = words.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight 16-bit words of a valid IPv6 address. */
function wordsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}` : address;
  const [head = '', tail] = text.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : new Array<string>(8 - front.length - back.length).fill('0');
  return [...front, ...zeros, ...back].map((word) => Number.parseInt(word, 16));
}

function hex(high: string | undefined, low: string | undefined): string {
  return ((Number(high) << 8) | Number(low)).toString(16);
}

/** A list of CIDRs of one family. */
export function blockList(cidrs: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits = ''] = cidr.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
