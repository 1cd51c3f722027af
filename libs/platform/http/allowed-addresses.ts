import { isIP } from 'node:net';
import { blockList, embeddedV4, isSpecialAddress } from './special-addresses';

/** Which addresses may be called: public ones, and those that the operator names. */
export interface AllowedAddresses {
  /** Whether an IP address may be connected to. */
  isAllowedAddress(address: string): boolean;
  /** Whether the operator named the host itself, so that it may resolve to anything. */
  isAllowedHost(host: string): boolean;
}

/**
 * Reads TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: comma-separated addresses, CIDRs and host names, on top of every public address. Empty allows no private one.
 * @throws when an entry is none of the three.
 */
export function parseAllowedAddresses(allowed: string): AllowedAddresses {
  const entries = allowed
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  const hosts = new Set<string>();
  const v4: string[] = [];
  const v6: string[] = [];
  for (const entry of entries) {
    const [address = '', bits] = entry.replace(/^\[(.*)\]$/, '$1').split('/');
    const family = isIP(address);
    if (family === 0 && bits === undefined && /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(address)) hosts.add(address);
    else if (family === 4 && isPrefix(bits, 32)) v4.push(`${address}/${bits ?? 32}`);
    else if (family === 6 && isPrefix(bits, 128)) v6.push(`${address}/${bits ?? 128}`);
    else throw new Error(`TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: "${entry}" is neither an address, nor a CIDR, nor a host name`);
  }
  const namedV4 = blockList(v4, 'ipv4');
  const namedV6 = blockList(v6, 'ipv6');
  return {
    isAllowedHost: (host) => hosts.has(host.toLowerCase().replace(/\.$/, '')),
    isAllowedAddress(address) {
      const plain = address.replace(/^\[(.*)\]$/, '$1').split('%', 1)[0] ?? '';
      const family = isIP(plain);
      if (family === 0) return false;
      if (!isSpecialAddress(plain)) return true;
      if (family === 4) return namedV4.check(plain, 'ipv4');
      const inside = embeddedV4(plain);
      return namedV6.check(plain, 'ipv6') || (inside !== undefined && namedV4.check(inside, 'ipv4'));
    },
  };
}

function isPrefix(bits: string | undefined, longest: number): boolean {
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
}
