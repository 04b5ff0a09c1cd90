import ipRangeCheck from 'ip-range-check';
import ipaddr from 'ipaddr.js';
import { AppError } from '@sotto/kernel';
import { canonicalAddress } from '@sotto/platform';

/** What somebody wrote as a range: as networks without overlap, and in its one spelling. */
export interface AddressRange {
  /** Smallest list of networks that holds exactly the range. Two ranges are the same when these are. */
  cidrs: string[];
  canonical: string;
}

/** A network as numbers. */
interface Network {
  first: bigint;
  prefix: number;
  bits: 32 | 128;
}

const MAX_LENGTH = 100;
const PREFIX = /^(0|[1-9]\d{0,2})$/;
const OCTETS = /^(\*|\d{1,3})\.(\*|\d{1,3})\.(\*|\d{1,3})\.(\*|\d{1,3})$/;
/** Bits in front of an IPv4 address that is mapped into IPv6. */
const MAPPED = 96;

const HOW =
  'Write an address (192.0.2.7), a wildcard (192.0.2.*), a range (192.0.2.5-192.0.2.20) or a network (192.0.2.0/24, 2001:db8::/32).';

const refused = (why: string): AppError => new AppError('input.invalid', why, { errors: [{ path: 'range', message: why }] });

const bitsOf = (address: string): 32 | 128 => (address.includes(':') ? 128 : 32);

const numberOf = (address: string): bigint =>
  ipaddr
    .parse(address)
    .toByteArray()
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function textOf(value: bigint, bits: 32 | 128): string {
  const bytes = Array.from({ length: bits / 8 }, (_, place) => Number((value >> BigInt(bits - 8 * (place + 1))) & 0xffn));
  const address = ipaddr.fromByteArray(bytes);
  return address.kind() === 'ipv4' ? address.toString() : (address as ipaddr.IPv6).toRFC5952String();
}

const cidrOf = ({ first, prefix, bits }: Network): string => `${textOf(first, bits)}/${prefix}`;

/**
 * What somebody means by a range of addresses. Throws `input.invalid`, with a sentence that says what is wrong, for whatever
 * could be read in two ways: short and octal forms, bits behind a prefix, wildcards in the middle.
 */
export function parseRange(text: string): AddressRange {
  const range = text.trim();
  if (range.length > MAX_LENGTH) throw refused(`A range has at most ${MAX_LENGTH} characters.`);
  if (range.includes('*')) return wildcard(range);
  if (range.includes('-')) return between(range);
  if (range.includes('/')) return network(range);
  const address = canonicalAddress(range);
  if (address === null) throw refused(`This is no address. ${HOW}`);
  return { cidrs: [`${address}/${bitsOf(address)}`], canonical: address };
}

function wildcard(range: string): AddressRange {
  const octets = OCTETS.exec(range)?.slice(1) ?? [];
  const free = octets.indexOf('*');
  if (free < 0 || octets.slice(free).some((octet) => octet !== '*'))
    throw refused('A wildcard stands for the last parts of an IPv4 address, as in 192.0.2.* or 192.0.*.*.');
  const address = canonicalAddress(octets.map((octet) => (octet === '*' ? '0' : octet)).join('.'));
  if (address === null) throw refused(`The numbers of an address go from 0 to 255, without zeros in front. ${HOW}`);
  return { cidrs: [`${address}/${8 * free}`], canonical: range };
}

function network(range: string): AddressRange {
  const [written = '', prefixText = '', ...more] = range.split('/');
  const address = canonicalAddress(written);
  if (address === null || more.length > 0 || !PREFIX.test(prefixText)) throw refused(`This is no network. ${HOW}`);
  const bits = bitsOf(address);
  const isMapped = bits === 32 && written.includes(':');
  const prefix = Number(prefixText) - (isMapped ? MAPPED : 0);
  if (prefix < 0) throw refused(`The prefix of an IPv4 network written as IPv6 goes from ${MAPPED} to 128.`);
  if (prefix > bits) throw refused(`The prefix of this network goes from 0 to ${bits}.`);
  const host = BigInt(bits - prefix);
  const value = numberOf(address);
  const cidr = cidrOf({ first: (value >> host) << host, prefix, bits });
  if (cidr !== `${address}/${prefix}`) throw refused(`Behind the prefix this network has bits set; ${cidr} is the network around it.`);
  return { cidrs: [cidr], canonical: prefix === bits ? address : cidr };
}

function between(range: string): AddressRange {
  const [first, last, ...more] = range.split('-').map((end) => canonicalAddress(end.trim()));
  if (!first || !last || more.length > 0) throw refused(`This is no range of two addresses. ${HOW}`);
  const bits = bitsOf(first);
  if (bits !== bitsOf(last)) throw refused('Both ends of a range are IPv4, or both IPv6.');
  const [from, to] = [numberOf(first), numberOf(last)];
  if (from > to) throw refused('The first address of a range comes before the last.');
  return { cidrs: networksBetween(from, to, bits).map(cidrOf), canonical: from === to ? first : `${first}-${last}` };
}

/** The fewest networks that hold every number from first to last and no other. */
function networksBetween(first: bigint, last: bigint, bits: 32 | 128): Network[] {
  const networks: Network[] = [];
  for (let from = first; from <= last;) {
    let host = 0;
    while (host < bits && ((from >> BigInt(host)) & 1n) === 0n && from + (2n << BigInt(host)) - 1n <= last) host += 1;
    networks.push({ first: from, prefix: bits - host, bits });
    from += 1n << BigInt(host);
  }
  return networks;
}

/** Whether an address is in one of the networks, given as `parseRange` makes them. What is no address is in none. */
export function isInside(address: string, cidrs: readonly string[]): boolean {
  const canonical = canonicalAddress(address);
  // The check takes short and octal forms for addresses and does not match mapped networks, so it sees canonical text only.
  return canonical !== null && ipRangeCheck(canonical, cidrs as string[]);
}
