import { Injectable, Logger } from '@nestjs/common';
import type { Request } from 'express';
import { MembersService, Passwords, type Credentials } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, Clock, newId } from '@sotto/kernel';
import { Database, KeyRing, type Tx } from '@sotto/platform';
import { SsoIdentity } from '../allowlist/account-security.entity.js';
import { LoginService } from '../sign-in/login.service.js';
import { LoginThrottle } from '../sign-in/login-throttle.js';
import type { OpenedSession } from '../sessions/sessions.service.js';
import type { Footprint } from '../sign-in/sign-in-footprint.js';
import { SsoFlows, type Flow } from './sso-flows.js';
import { SsoProviders } from './sso-providers.service.js';
import { SsoStrategy, type Claimed } from './sso-strategy.js';
import { authenticate } from '../sign-in/strategies.js';

/** Where to send the browser, and what it has to bring back. */
export interface WayThere {
  location: string;
  sealed: string;
}

const failed = () => new AppError('auth.sso-failed');

/**
 * Signing in through the account's identity provider: another first factor. Members are known by the provider's own name for
 * them; the first time by an address the provider has verified. Nobody becomes a member by it.
 */
@Injectable()
export class SsoService {
  private readonly log = new Logger('SingleSignOn');

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    private readonly providers: SsoProviders,
    private readonly flows: SsoFlows,
    private readonly throttle: LoginThrottle,
    private readonly members: MembersService,
    private readonly passwords: Passwords,
    private readonly login: LoginService,
    private readonly audit: AuditLog,
  ) {}

  /** Throws `auth.sso-failed` also for an account that is not there or has no provider. */
  async leave(request: Request, accountId: string, footprint: Footprint): Promise<WayThere> {
    await this.throttle.takeAddress(footprint);
    const strategy = await this.strategyFor(accountId);
    const { flow, sealed } = await this.flows.open(accountId, footprint.device);
    const verdict = await authenticate(strategy(flow), request).catch(() => null);
    if (!verdict || !('redirect' in verdict)) throw failed();
    return { location: verdict.redirect, sealed };
  }

  /** The browser is back. Throws `auth.sso-failed` whatever is wrong, or `address.refused`. */
  async comeBack(request: Request, sealed: string | undefined, footprint: Footprint): Promise<OpenedSession> {
    await this.throttle.takeAddress(footprint);
    const flow = await this.flows.take(sealed);
    if (!flow) throw failed();
    const claimed = await this.claimed(request, flow);
    if (!claimed) return this.refuse(flow.accountId, 'provider');
    const who = await this.memberOf(flow.accountId, claimed);
    if (!who) return this.refuse(flow.accountId, 'unknown');
    return this.login.signIn(who, { ...footprint, device: flow.device }, false);
  }

  private async claimed(request: Request, flow: Flow): Promise<Claimed | null> {
    try {
      const strategy = await this.strategyFor(flow.accountId);
      const verdict = await authenticate<Claimed>(strategy(flow), request);
      return 'user' in verdict ? verdict.user : null;
    } catch (error) {
      // The library's codes say what did not fit, without what it was.
      const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
      this.log.warn(`A return from an identity provider was refused: ${code}`);
      return null;
    }
  }

  private async strategyFor(accountId: string): Promise<(flow: Flow) => SsoStrategy> {
    const provider = await this.providers.find(accountId);
    if (!provider) throw failed();
    const configuration = await this.providers.configurationOf(accountId, provider).catch(() => {
      throw failed();
    });
    return (flow) => new SsoStrategy(configuration, this.providers.redirectUri, flow);
  }

  /** The active member of this account that is meant, or null. */
  private async memberOf(accountId: string, { subject, email }: Claimed): Promise<Credentials | null> {
    const login = email === null ? null : await this.passwords.loginOf(email);
    return this.database.in(accountId, async (tx) => {
      const subjectHash = await this.keys.index(accountId, 'sso-subject', subject, tx);
      const linked = await tx.findOne(SsoIdentity, { accountId, subjectHash });
      const memberId = linked?.memberId ?? (login?.accountId === accountId ? login.memberId : null);
      if (memberId === null || (await this.members.standing(tx, memberId))?.status !== 'active') return null;
      const who = { accountId, memberId };
      return linked || (await this.link(tx, who, subjectHash)) ? who : null;
    });
  }

  /** Not where the member is somebody else at the provider already: addresses are given to others, names of subjects never. */
  private async link(tx: Tx, who: Credentials, subjectHash: string): Promise<boolean> {
    if ((await tx.count(SsoIdentity, { memberId: who.memberId })) > 0) return false;
    tx.persist(tx.create(SsoIdentity, { ...who, id: newId(), subjectHash, createdAt: this.clock.now() }));
    await tx.flush();
    await this.audit.record(
      tx,
      { kind: 'system', accountId: who.accountId },
      { action: 'auth.sso-linked', target: { kind: 'member', id: who.memberId } },
    );
    return true;
  }

  private async refuse(accountId: string, reason: 'provider' | 'unknown'): Promise<never> {
    await this.database.in(accountId, (tx) =>
      this.audit.record(tx, { kind: 'system', accountId }, { action: 'auth.failed', data: { by: 'sso', reason } }),
    );
    throw failed();
  }
}
