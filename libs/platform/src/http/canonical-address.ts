import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

const DOTTED_TAIL = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/;

/** ipaddr.js takes `::10.0.0.1` for `::ffff:10.0.0.1`, which is another address; in hexadecimal it cannot. */
const withoutDots = (text: string): string =>
  text.replace(DOTTED_TAIL, (_, ...[a, b, c, d]: string[]) =>
    [256 * Number(a) + Number(b), 256 * Number(c) + Number(d)].map((group) => group.toString(16)).join(':'),
  );

/**
 * The one spelling of an address: four decimal parts, or RFC 5952 for IPv6; IPv4 mapped into IPv6 becomes IPv4. Null for
 * everything else, among it ports, brackets, zones, spaces, leading zeros and numbers in any other base or count.
 */
export function canonicalAddress(text: string): string | null {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes('%')) return null;
  const address = ipaddr.IPv6.parse(withoutDots(text));
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}
