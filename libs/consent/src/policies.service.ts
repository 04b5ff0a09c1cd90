import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { AppError, Clock, newId, notFound, type MemberActor } from '@sotto/kernel';
import { Database, LiveFeed, type Tx } from '@sotto/platform';
import { LANGUAGES, type Language, type NewPolicyVersion, type PolicyVersionView, type PolicyView } from '@sotto/protocol';
import { defaultPolicy, defaultPurposes } from './default-policy.js';
import { PolicyVersion } from './policy-version.entity.js';
import { Policy } from './policy.entity.js';

type Notice = Pick<NewPolicyVersion, 'texts' | 'url' | 'purposes'>;

/** SHA-256 over the notice with its keys in a fixed order, in hex. */
const noticeHash = (notice: Notice): string => {
  const texts = LANGUAGES.filter((language) => notice.texts[language] !== undefined).map((language) => [language, notice.texts[language]]);
  const purposes = notice.purposes.map((purpose) => [purpose.id, purpose.required, purpose.label]);
  return createHash('sha256')
    .update(JSON.stringify([texts, notice.url, purposes]))
    .digest('hex');
};

const versionView = (version: PolicyVersion): PolicyVersionView => ({
  version: version.version,
  texts: version.texts,
  url: version.url ?? null,
  purposes: version.purposes,
  noticeHash: version.noticeHash,
  publishedAt: version.publishedAt.toISOString(),
});

/** The notice in the language asked for, else in English, else in whichever there is. */
export function textOf(texts: Partial<Record<Language, string>>, wanted: Language): { language: Language; text: string } {
  const language = [wanted, 'en' as const, ...LANGUAGES].find((candidate) => texts[candidate] !== undefined) ?? wanted;
  return { language, text: texts[language] ?? '' };
}

@Injectable()
export class PoliciesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly live: LiveFeed,
    private readonly audit: AuditLog,
  ) {}

  /** The policy of a new account. */
  async createDefault(tx: Tx, account: { id: string; name: string }): Promise<string> {
    const id = newId();
    tx.persist(tx.create(Policy, { id, accountId: account.id, name: 'Privacy notice', currentVersion: 1, createdAt: this.clock.now() }));
    this.persistVersion(tx, account.id, id, 1, { texts: defaultPolicy(account.name), url: null, purposes: defaultPurposes }, null);
    await tx.flush();
    return id;
  }

  /** The account's oldest policy: what a new inbox starts with. */
  async first(tx: Tx): Promise<string> {
    return (await tx.findOneOrFail(Policy, { id: { $ne: null } }, { orderBy: { createdAt: 'asc' } })).id;
  }

  list(actor: MemberActor): Promise<PolicyView[]> {
    return this.database.in(actor.accountId, async (tx) => {
      const policies = await tx.find(Policy, {}, { orderBy: { createdAt: 'asc' } });
      return Promise.all(policies.map((policy) => this.view(tx, policy)));
    });
  }

  get(actor: MemberActor, id: string): Promise<PolicyView> {
    return this.database.in(actor.accountId, async (tx) => this.view(tx, await this.find(tx, id)));
  }

  /** Publishes a version. Earlier consent is stale from the moment this commits. */
  publish(actor: MemberActor, id: string, input: NewPolicyVersion): Promise<PolicyView> {
    return this.database.in(actor.accountId, async (tx) => {
      const version = input.basedOn + 1;
      const raised = await tx.nativeUpdate(Policy, { id, currentVersion: input.basedOn }, { currentVersion: version });
      const policy = await this.find(tx, id);
      if (raised !== 1)
        throw new AppError('policy.changed', `Version ${policy.currentVersion} was published meanwhile. Look at it, then publish again.`);
      this.persistVersion(tx, actor.accountId, id, version, input, actor.memberId);
      await tx.flush();
      await this.audit.record(tx, actor, { action: 'policy.published', target: { kind: 'policy', id }, data: { version } });
      this.database.afterCommit(tx, () => this.live.publish({ type: 'consent.stale', accountId: actor.accountId, policyId: id, version }));
      return this.view(tx, policy);
    });
  }

  /** The version that counts now. */
  async current(tx: Tx, policyId: string): Promise<PolicyVersion> {
    const policy = await this.find(tx, policyId);
    return tx.findOneOrFail(PolicyVersion, { policyId, version: policy.currentVersion });
  }

  /** The numbers of the versions that count now, by policy. */
  async currentVersions(tx: Tx): Promise<Map<string, number>> {
    return new Map((await tx.find(Policy, {})).map((policy) => [policy.id, policy.currentVersion]));
  }

  private persistVersion(tx: Tx, accountId: string, policyId: string, version: number, notice: Notice, publishedBy: string | null): void {
    tx.persist(
      tx.create(PolicyVersion, {
        policyId,
        version,
        accountId,
        texts: notice.texts,
        url: notice.url,
        purposes: notice.purposes,
        noticeHash: noticeHash(notice),
        publishedAt: this.clock.now(),
        publishedBy,
      }),
    );
  }

  private async find(tx: Tx, id: string): Promise<Policy> {
    const policy = await tx.findOne(Policy, { id });
    if (!policy) throw notFound();
    return policy;
  }

  private async view(tx: Tx, policy: Policy): Promise<PolicyView> {
    const versions = await tx.find(PolicyVersion, { policyId: policy.id }, { orderBy: { version: 'desc' } });
    return { id: policy.id, name: policy.name, currentVersion: policy.currentVersion, versions: versions.map(versionView) };
  }
}
