import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import proxyAddr from 'proxy-addr';
import type { Config } from '../config.js';
import { canonicalAddress } from './canonical-address.js';
import { proxyTrust, type ProxyTrust } from './trusted-proxies.js';

const trusts = new WeakMap<Config, ProxyTrust>();

function trustOf(config: Config): ProxyTrust {
  const known = trusts.get(config);
  if (known) return known;
  const trust = proxyTrust(config.trustedProxies);
  trusts.set(config, trust);
  return trust;
}

/** The operating system names the link a link-local neighbour is on; nobody else's word for it counts. */
const ofPeer = (peer: string): string => peer.split('%')[0] ?? '';

const spelled = (found: string | undefined, peer: string | undefined): string => {
  if (found === undefined) return '';
  return canonicalAddress(found === peer ? ofPeer(found) : found) ?? '';
};

/**
 * Whom a raw Node request comes from, such as a socket's handshake: one spelling for each address. `X-Forwarded-For` counts
 * as far as the configured proxies wrote it, any other header never. Empty when it cannot be told, which no range contains.
 */
export const clientAddress = (config: Config, request: IncomingMessage): string =>
  spelled(proxyAddr(request, trustOf(config)), request.socket.remoteAddress);

/** The same of a request that came through Express, whose `trust proxy` is `proxyTrust` of the same setting. */
export const addressOf = (request: Request): string => spelled(request.ip, request.socket.remoteAddress);
