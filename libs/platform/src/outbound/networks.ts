import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { canonicalAddress } from '../http/canonical-address.js';

/** Global unicast of IPv6 (RFC 4291): what is outside is internal or not assigned. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** IPv4 behind a translator (RFC 6052): the only wrapping that networks of today need. */
const TRANSLATED = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Whether anybody on the internet may be meant by this address. Loopback, private, link-local, carrier, multicast, reserved
 * and documentation ranges are not; neither are IPv4 addresses mapped into IPv6 nor those wrapped for 6to4 or Teredo.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return ipaddr.IPv4.parse(address).range() === 'unicast';
  if (family !== 6 || address.includes('%')) return false;
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.match(TRANSLATED)) return isPublicAddress(parsed.toByteArray().slice(12).join('.'));
  return parsed.match(GLOBAL_UNICAST) && parsed.range() === 'unicast';
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Whether this is a network such as `10.0.0.0/8` or `fd00::/8`: canonical, and without bits beyond its length. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(prefix) || canonicalAddress(address) !== address) return false;
  const parse = isIP(address) === 6 ? ipaddr.IPv6 : ipaddr.IPv4;
  return parse.isValidCIDR(text) && parse.networkAddressFromCIDR(text).toString() === ipaddr.parse(address).toString();
}

/** Says whether an address in its one spelling lies in one of these networks. */
export function networks(list: readonly string[]): (address: string) => boolean {
  const within = new BlockList();
  for (const network of list) {
    const [address = '', prefix] = network.split('/');
    within.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => within.check(address, familyOf(address));
}
