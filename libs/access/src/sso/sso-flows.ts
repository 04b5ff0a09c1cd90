import { Injectable } from '@nestjs/common';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { Clock, newId } from '@sotto/kernel';
import { KeyRing, Limits, type Limit } from '@sotto/platform';
import { Id } from '@sotto/protocol';
import type { Expected } from './sso-strategy.js';

/** How long somebody may take at the identity provider. */
export const FLOW_MS = 10 * 60_000;

/** One way to the provider and back. */
export interface Flow extends Expected {
  id: string;
  accountId: string;
  /** The browser's device token; its cookie does not come along on the way back from another site. */
  device?: string | undefined;
  until: number;
}

/** Keeps what a way to the provider and back needs in the browser that goes it, sealed, for ten minutes and one return. */
@Injectable()
export class SsoFlows {
  private readonly returns: Limit;

  constructor(
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    limits: Limits,
  ) {
    this.returns = limits.make({ name: 'sso-return', points: 1, seconds: (2 * FLOW_MS) / 1_000, withoutRedis: 'closed' });
  }

  /** A new one, and the text that stands for it. */
  async open(accountId: string, device: string | undefined): Promise<{ flow: Flow; sealed: string }> {
    const flow: Flow = {
      id: newId(),
      accountId,
      verifier: randomPKCECodeVerifier(),
      state: randomState(),
      nonce: randomNonce(),
      device,
      until: this.clock.now().getTime() + FLOW_MS,
    };
    const cipher = await this.keys.accountCipher(accountId);
    return { flow, sealed: `${accountId}.${cipher.seal('sso', accountId, 'flow', JSON.stringify(flow)).toString('base64url')}` };
  }

  /** What the text stands for; null if nobody made it, it is too old, or it was taken before. */
  async take(sealed: string | undefined): Promise<Flow | null> {
    const [accountId = '', body = ''] = (sealed ?? '').split('.');
    if (!Id.safeParse(accountId).success) return null;
    try {
      const cipher = await this.keys.accountCipher(accountId);
      const flow = JSON.parse(cipher.open('sso', accountId, 'flow', Buffer.from(body, 'base64url'))) as Flow;
      if (flow.until <= this.clock.now().getTime()) return null;
      await this.returns.take(flow.id);
      return flow;
    } catch {
      return null;
    }
  }
}
