import type { Request } from 'express';
import bowser from 'bowser';
import ipaddr from 'ipaddr.js';
import { addressOf, type Config } from '@sotto/platform';
import { deviceTokenOf } from '../sessions/session-cookie.js';

const MAX_AGENT = 300;

/** What a browser shows of itself at sign-in. */
export interface Footprint {
  address: string;
  userAgent: string;
  /** The token of a browser that somebody has signed in with before. Never stored. */
  device?: string | undefined;
}

export const footprintOf = (config: Config, request: Request): Footprint => ({
  address: addressOf(request),
  userAgent: (request.headers['user-agent'] ?? '').slice(0, MAX_AGENT),
  device: deviceTokenOf(config, request.headers.cookie),
});

/** A device as its owner would call it, such as "Firefox on Linux". */
export function deviceName(userAgent: string): string {
  // The parser throws for an empty text.
  const parser = bowser.getParser(userAgent || '-');
  const browser = parser.getBrowserName() || 'Unknown browser';
  const system = parser.getOSName();
  return system ? `${browser} on ${system}` : browser;
}

/** The network an address is in, of so many bits; an address that is none is a network of its own. */
export function networkOf(address: string, bits: { v4: number; v6: number }): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.parse(address);
  const length = parsed.kind() === 'ipv4' ? bits.v4 : bits.v6;
  const range = `${address}/${length}`;
  const first = parsed.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(range) : ipaddr.IPv6.networkAddressFromCIDR(range);
  return `${first.toString()}/${length}`;
}

/** Where somebody usually is: kind of browser and network, so that a new version or a new address at home is no news. */
export const placeOf = ({ userAgent, address }: Footprint): string =>
  `${bowser.getParser(userAgent || '-').getBrowserName()} ${networkOf(address, { v4: 24, v6: 48 })}`;
