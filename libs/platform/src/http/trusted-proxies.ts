import proxyAddr from 'proxy-addr';
import { canonicalAddress } from './canonical-address.js';

/** Says of an address on the way here, and of how many hops away it is, whether what it forwards is believed. */
export type ProxyTrust = (address: string, hop: number) => boolean;

/** More proxies in a row than anybody runs: a larger number is a slip, and would believe whatever a caller writes. */
const MAX_HOPS = 10;
const GROUPS = ['loopback', 'linklocal', 'uniquelocal'];
const HOPS = /^\d+$/;
const PREFIX = /^[1-9]\d{0,2}$/;

const isNetwork = (text: string): boolean => {
  const [address = '', prefix, ...more] = text.split('/');
  return canonicalAddress(address) !== null && more.length === 0 && (prefix === undefined || PREFIX.test(prefix));
};

/** Whether this names proxies: nothing, a number of hops from 0 to 10, or addresses, networks and groups of them. */
export function namesProxies(proxies: readonly string[]): boolean {
  const [first, ...more] = proxies;
  if (first !== undefined && more.length === 0 && HOPS.test(first)) return Number(first) <= MAX_HOPS;
  if (!proxies.every((proxy) => GROUPS.includes(proxy) || isNetwork(proxy))) return false;
  try {
    proxyAddr.compile([...proxies]);
    return true;
  } catch {
    return false;
  }
}

/** Whom to believe, for Express's `trust proxy` and for `clientAddress` alike. Without any proxy, nobody. */
export function proxyTrust(proxies: readonly string[]): ProxyTrust {
  const [first, ...more] = proxies;
  if (first === undefined) return () => false;
  if (more.length === 0 && HOPS.test(first)) return (_, hop) => hop < Number(first);
  return proxyAddr.compile([...proxies]);
}
