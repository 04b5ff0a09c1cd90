import { Inject, Injectable } from '@nestjs/common';
import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server';
import { parse } from 'uuid';
import { MembersService } from '@sotto/accounts';
import { AppError, Clock, newId, type MemberActor } from '@sotto/kernel';
import { CONFIG, Database, KeyRing, isUniqueViolation, publicUrl, query, type Config, type Tx } from '@sotto/platform';
import type { SecondFactorState } from '@sotto/protocol';
import { readAuthentication, readRegistration, type Answer, type RelyingParty } from './passkey-answers.js';
import { PasskeyChallenges } from './passkey-challenges.js';
import { Passkey } from './second-factor.entities.js';

/** Passkeys one member may have. */
const MOST = 20;

/** Passkeys of members as second factors (WebAuthn Level 3). Whether the person was verified, too, is left to the authenticator. */
@Injectable()
export class Passkeys {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly challenges: PasskeyChallenges,
    private readonly clock: Clock,
  ) {}

  async list(tx: Tx, actor: MemberActor): Promise<SecondFactorState['passkeys']> {
    const found = await this.find(tx, actor.memberId);
    const cipher = await this.keys.cipher(actor.accountId, actor.memberId, tx);
    return found.map(({ id, nameSealed, createdAt, lastUsedAt }) => ({
      id,
      name: cipher.open('passkey', id, 'name', nameSealed),
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    }));
  }

  /** What the browser's `navigator.credentials.create` is to be asked. */
  async registrationOptions(actor: MemberActor): Promise<Record<string, unknown>> {
    return this.database.in(actor.accountId, async (tx) => {
      const [member] = await this.members.viewsIn(tx, actor.accountId, actor.memberId);
      if (!member) throw new AppError('auth.required');
      const options = await generateRegistrationOptions({
        rpName: 'Sotto',
        rpID: this.party().id,
        userName: member.email,
        userDisplayName: member.name,
        userID: new Uint8Array(parse(actor.memberId)),
        attestationType: 'none',
        excludeCredentials: (await this.find(tx, actor.memberId)).map(({ credentialId }) => ({ id: credentialId })),
        authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
      });
      await this.challenges.set(tx, actor, options.challenge);
      return { ...options };
    });
  }

  /** Keeps the passkey the browser made, under a name of the member's choice. Says whether it answered what was asked. */
  async add(tx: Tx, actor: MemberActor, name: string, answer: Answer): Promise<boolean> {
    const challenge = await this.challenges.take(tx, actor);
    const credential = challenge === null ? null : await readRegistration(answer, challenge, this.party());
    if (!credential) return false;
    if ((await tx.count(Passkey, { memberId: actor.memberId })) >= MOST)
      throw new AppError('input.invalid', `Nobody has more than ${MOST} passkeys; remove one first.`);
    const id = newId();
    const cipher = await this.keys.cipher(actor.accountId, actor.memberId, tx);
    tx.persist(
      tx.create(Passkey, {
        id,
        accountId: actor.accountId,
        memberId: actor.memberId,
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: credential.transports,
        nameSealed: cipher.seal('passkey', id, 'name', name),
        createdAt: this.clock.now(),
      }),
    );
    try {
      await tx.flush();
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('input.invalid', 'This passkey is kept here already.', { errors: [{ path: 'response', message: 'is known' }] });
    }
    return true;
  }

  /** Says whether the member had it. */
  async remove(tx: Tx, memberId: string, id: string): Promise<boolean> {
    return (await tx.nativeDelete(Passkey, { id, memberId })) === 1;
  }

  async removeAll(tx: Tx, memberId: string): Promise<number> {
    return tx.nativeDelete(Passkey, { memberId });
  }

  /** What the browser's `navigator.credentials.get` is to be asked. Throws `second-factor.needed` for a member without passkeys. */
  async authenticationOptions(actor: MemberActor): Promise<Record<string, unknown>> {
    return this.database.in(actor.accountId, async (tx) => {
      const passkeys = await this.find(tx, actor.memberId);
      if (passkeys.length === 0) throw new AppError('second-factor.needed', 'There is no passkey; use a code.');
      const options = await generateAuthenticationOptions({
        rpID: this.party().id,
        allowCredentials: passkeys.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
        userVerification: 'preferred',
      });
      await this.challenges.set(tx, actor, options.challenge);
      return { ...options };
    });
  }

  /** Says whether a passkey of the member signed what was asked. The challenge is used up either way. */
  async use(tx: Tx, actor: MemberActor, answer: Answer): Promise<boolean> {
    const challenge = await this.challenges.take(tx, actor);
    const passkey = await tx.findOne(Passkey, { memberId: actor.memberId, credentialId: answer.id });
    if (challenge === null || !passkey) return false;
    const { credentialId, publicKey, counter, transports } = passkey;
    const stored = { id: credentialId, publicKey: new Uint8Array(publicKey), counter, transports };
    const newCounter = await readAuthentication(answer, challenge, this.party(), stored);
    if (newCounter === null) return false;
    // Authenticators without a counter always say 0. One that does not go forward tells of a copy, also when two come at once.
    const used = await query(
      tx,
      `update passkey set counter = $2, last_used_at = $3
        where id = $1 and (counter < $2 or (counter = 0 and $2 = 0)) returning id`,
      [passkey.id, newCounter, this.clock.now()],
    );
    return used.length === 1;
  }

  private find(tx: Tx, memberId: string): Promise<Passkey[]> {
    return tx.find(Passkey, { memberId }, { orderBy: { createdAt: 'asc', id: 'asc' } });
  }

  private party(): RelyingParty {
    const origin = publicUrl(this.config);
    return { id: new URL(origin).hostname, origin };
  }
}
