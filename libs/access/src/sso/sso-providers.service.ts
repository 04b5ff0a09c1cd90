import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  ClientSecretBasic,
  ClientSecretPost,
  allowInsecureRequests,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  type ClientAuth,
  type Configuration,
} from 'openid-client';
import { AuditLog } from '@sotto/audit';
import { AppError, type MemberActor } from '@sotto/kernel';
import { CONFIG, Database, KeyRing, Outbound, publicUrl, query, type Config, type Tx } from '@sotto/platform';
import type { SignInMethods, SsoSettings, SsoSettingsInput } from '@sotto/protocol';
import { SsoIdentity, SsoProvider } from '../allowlist/account-security.entity.js';

/** What is sealed of a provider. */
interface StoredProvider {
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** A provider that members may sign in through. */
export interface OpenProvider extends StoredProvider {
  version: number;
}

const CALLBACK = '/api/v1/auth/sso/callback';
const CACHED = 100;
/** How long what a provider says of itself is believed without asking again. */
const CACHED_MS = 10 * 60_000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const issuerRefused = (sentence: string) =>
  new AppError('input.invalid', sentence, { errors: [{ path: 'issuer', message: 'cannot be used' }] });

/** The library wraps what the way out threw. */
const refusalIn = (error: unknown): AppError | null => {
  if (error instanceof AppError) return error;
  return error instanceof Error && error.cause !== undefined ? refusalIn(error.cause) : null;
};

/** Basic is what every provider must take; the other is for those that take nothing else. */
const withSecret =
  (secret: string): ClientAuth =>
  (server, ...rest) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    (ways.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret))(server, ...rest);
  };

/** The identity provider of each account that has one: its settings, and what it says of itself. */
@Injectable()
export class SsoProviders {
  private readonly discovered = new LRUCache<string, Promise<Configuration>>({ max: CACHED, ttl: CACHED_MS });

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly outbound: Outbound,
    private readonly audit: AuditLog,
  ) {}

  /** Where the provider sends browsers back to. */
  get redirectUri(): string {
    return `${publicUrl(this.config)}${CALLBACK}`;
  }

  settings(actor: MemberActor): Promise<SsoSettings> {
    return this.database.in(actor.accountId, (tx) => this.view(tx, actor.accountId));
  }

  /** Asks the provider before believing in it. Throws `outbound.refused` or `input.invalid`. */
  async save(actor: MemberActor, input: SsoSettingsInput): Promise<SsoSettings> {
    const { accountId } = actor;
    const old = await this.database.in(accountId, (tx) => this.read(tx, accountId));
    const isSameIssuer = old?.issuer === input.issuer;
    // A stored secret goes to the provider it was given for, and to no other.
    const clientSecret = input.clientSecret ?? (isSameIssuer ? old?.clientSecret : undefined);
    if (clientSecret === undefined)
      throw new AppError('input.invalid', 'Enter the client secret of this provider.', {
        errors: [{ path: 'clientSecret', message: 'is needed' }],
      });
    const stored = { name: input.name, issuer: input.issuer, clientId: input.clientId, clientSecret };
    if (input.enabled) await this.assertAnswers(stored);
    return this.database.in(accountId, async (tx) => {
      const cipher = await this.keys.accountCipher(accountId, tx);
      await query(
        tx,
        `insert into sso_provider (account_id, enabled, settings_sealed, version) values ($1, $2, $3, 1)
         on conflict (account_id) do update
           set enabled = excluded.enabled, settings_sealed = excluded.settings_sealed, version = sso_provider.version + 1`,
        [accountId, input.enabled, cipher.seal('sso_provider', accountId, 'settings', JSON.stringify(stored))],
      );
      // Somebody else's subjects: members are known anew by their verified address.
      if (!isSameIssuer) await tx.nativeDelete(SsoIdentity, { accountId });
      const view = await this.view(tx, accountId);
      await this.audit.record(tx, actor, { action: 'sso.changed', data: { enabled: input.enabled } });
      return view;
    });
  }

  async remove(actor: MemberActor): Promise<void> {
    await this.database.in(actor.accountId, async (tx) => {
      const removed = await tx.nativeDelete(SsoProvider, { accountId: actor.accountId });
      await tx.nativeDelete(SsoIdentity, { accountId: actor.accountId });
      if (removed > 0) await this.audit.record(tx, actor, { action: 'sso.changed', data: { enabled: false, removed: true } });
    });
  }

  /** Offered to everybody only where it gives nobody away: with one account in the installation. */
  async methods(): Promise<SignInMethods> {
    const accounts = await this.database.operator((tx) => query<{ id: string }>(tx, 'select id from account limit 2'));
    const [only, ...others] = accounts;
    if (!only || others.length > 0) return { sso: [] };
    const provider = await this.find(only.id);
    return { sso: provider ? [{ accountId: only.id, name: provider.name }] : [] };
  }

  /** The account's provider, if it is switched on. */
  async find(accountId: string): Promise<OpenProvider | null> {
    const provider = await this.database.in(accountId, (tx) => this.read(tx, accountId));
    return provider?.enabled ? provider : null;
  }

  /** What the library needs to talk to a provider. Rejects when it does not answer. */
  async configurationOf(accountId: string, provider: OpenProvider): Promise<Configuration> {
    const key = `${accountId} ${provider.version}`;
    const known = this.discovered.get(key);
    if (known) return known;
    const asked = this.discover(provider);
    this.discovered.set(key, asked);
    asked.catch(() => this.discovered.delete(key));
    return asked;
  }

  private discover({ issuer, clientId, clientSecret }: StoredProvider): Promise<Configuration> {
    const url = new URL(issuer);
    const isPlain = url.protocol === 'http:';
    if (isPlain && !LOOPBACK.test(url.hostname)) throw issuerRefused('The address of the provider must start with https://.');
    return discovery(url, clientId, undefined, withSecret(clientSecret), {
      // Without these checks the library trusts TLS and leaves the signature of the ID token alone.
      execute: [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])],
      [customFetch]: (address, { method, headers, body, signal }) =>
        this.outbound.fetch(address, {
          method,
          headers,
          body: body as string | Uint8Array | URLSearchParams | null,
          ...(signal ? { signal } : {}),
        }),
    });
  }

  private async assertAnswers(provider: StoredProvider): Promise<void> {
    try {
      await this.discover(provider);
    } catch (error) {
      throw refusalIn(error) ?? issuerRefused('No OpenID provider answered there. Enter its issuer exactly as the provider spells it.');
    }
  }

  private async read(tx: Tx, accountId: string): Promise<(OpenProvider & { enabled: boolean }) | null> {
    const provider = await tx.findOne(SsoProvider, { accountId });
    if (!provider) return null;
    const cipher = await this.keys.accountCipher(accountId, tx);
    const stored = JSON.parse(cipher.open('sso_provider', accountId, 'settings', provider.settingsSealed)) as StoredProvider;
    return { ...stored, enabled: provider.enabled, version: provider.version };
  }

  private async view(tx: Tx, accountId: string): Promise<SsoSettings> {
    const provider = await this.read(tx, accountId);
    return {
      enabled: provider?.enabled ?? false,
      name: provider?.name ?? '',
      issuer: provider?.issuer ?? '',
      clientId: provider?.clientId ?? '',
      hasSecret: provider !== null,
      redirectUri: this.redirectUri,
    };
  }
}
