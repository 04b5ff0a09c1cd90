import { lookup as resolve } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AppError } from '@sotto/kernel';
import { canonicalAddress } from '../http/canonical-address.js';
import { isPublicAddress, networks } from './networks.js';
import { requestFrom, type CheckedHost, type SafeFetchInit } from './safe-fetch.js';

/** An address a host name stands for. */
export interface ResolvedAddress {
  address: string;
  family: number;
}
/** Every address of a host name. */
export type Resolver = (host: string) => Promise<readonly ResolvedAddress[]>;

/** Where to connect: exactly this address, under this name. */
export interface CheckedAddress {
  address: string;
  family: 4 | 6;
  port: number;
  /** For TLS; undefined when the host is an address itself. */
  servername: string | undefined;
}

/** How long finding a host may take, in milliseconds. */
const PATIENCE = 5_000;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;
/** What resolvers take for a number of an address: `127.1`, `2130706433`, `0x7f000001`, `0177.0.0.1`. */
const NUMBER = /^(\d+|0x[0-9a-f]*)$/i;

const system: Resolver = (host) => resolve(host, { all: true, order: 'verbatim' });

const refused = (sentence: string) => new AppError('outbound.refused', sentence);

function isHostName(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.');
  return host.length <= 253 && labels.every((label) => LABEL.test(label)) && !NUMBER.test(labels.at(-1) ?? '');
}

/**
 * The way out to servers that somebody in an account named. It goes to public addresses and to the networks the operator
 * allows (SOTTO_OUTBOUND_PRIVATE), and connects to the very address that was checked: asking for the name twice would let a
 * server answer with a public address first and an internal one second.
 */
export class Outbound {
  private readonly isAllowed: (address: string) => boolean;

  constructor(
    privateNetworks: readonly string[],
    private readonly resolver: Resolver = system,
  ) {
    this.isAllowed = networks(privateNetworks);
  }

  /** The first address of the host. Throws `outbound.refused` unless every one of its addresses may be connected to. */
  async connectTo(host: string, port: number): Promise<CheckedAddress> {
    const [first] = await this.addressesOf(host);
    if (!first) throw refused('No server was found under this name.');
    return { ...first, port, servername: isIP(host) ? undefined : host.replace(/\.$/, '') };
  }

  /**
   * Like `fetch`, over HTTPS, without following redirects: the answer to those is the redirect itself. Plain HTTP goes to the
   * operator's own networks only. Throws `outbound.refused`; or `OutboundFailed` when the server has not answered within 10 s,
   * or with more than 1 MiB.
   */
  async fetch(input: string | URL, init: SafeFetchInit = {}): Promise<Response> {
    const url = new URL(input);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('Only addresses that start with https:// can be reached.');
    if (url.username || url.password) throw refused('The address must not hold a user name or a password.');
    // WHATWG URLs spell every form of an IPv4 address in four decimal parts, and IPv6 in brackets.
    const addresses = await this.addressesOf(url.hostname.replace(/^\[(.*)\]$/, '$1'));
    if (url.protocol === 'http:' && !addresses.every(({ address }) => this.isAllowed(address)))
      throw refused('Only addresses that start with https:// can be reached.');
    return requestFrom(addresses, url, init);
  }

  private async addressesOf(host: string): Promise<CheckedHost> {
    const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await this.resolved(host);
    if (found.length === 0) throw refused('No server was found under this name.');
    return found.map(({ address }) => this.checked(address));
  }

  private async resolved(host: string): Promise<readonly ResolvedAddress[]> {
    if (!isHostName(host)) throw refused('This is neither a host name nor an address in its usual form.');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<readonly ResolvedAddress[]>((done) => {
      timer = setTimeout(done, PATIENCE, []);
    });
    try {
      return await Promise.race([this.resolver(host).catch(() => []), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private checked(spelled: string): CheckedHost[number] {
    const address = canonicalAddress(spelled);
    // IPv4 mapped into IPv6 is another spelling of an address, and nobody needs it.
    const isPlain = address !== null && isIP(address) === isIP(spelled);
    if (isPlain && (isPublicAddress(address) || this.isAllowed(address))) return { address, family: isIP(address) === 6 ? 6 : 4 };
    throw refused('This server is in a private network. Whoever runs Sotto can allow it with SOTTO_OUTBOUND_PRIVATE.');
  }
}
