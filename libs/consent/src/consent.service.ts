import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { ContactGate } from '@sotto/access';
import { AppError, Clock, newId, notFound, type MemberActor, type VisitorActor } from '@sotto/kernel';
import { Database, query, type Tx } from '@sotto/platform';
import type { ConsentReceiptView, Language } from '@sotto/protocol';
import { ConsentReceipt } from './consent-receipt.entity.js';
import { PoliciesService } from './policies.service.js';
import type { PolicyVersion } from './policy-version.entity.js';

/** What a visitor agreed to, as the widget sends it. */
export interface GivenConsent {
  policyId: string;
  policyVersion: number;
  purposes: string[];
  language?: Language;
}

const receiptView = (receipt: ConsentReceipt): ConsentReceiptView => ({
  id: receipt.id,
  policyId: receipt.policyId,
  policyVersion: receipt.policyVersion,
  noticeHash: receipt.noticeHash,
  language: receipt.language,
  purposes: receipt.purposes,
  event: receipt.event,
  at: receipt.at.toISOString(),
});

@Injectable()
export class ConsentService {
  constructor(
    private readonly database: Database,
    private readonly policies: PoliciesService,
    private readonly clock: Clock,
    private readonly gate: ContactGate,
    private readonly audit: AuditLog,
  ) {}

  /** The version consent would be given for; throws unless it is the inbox's current one and covers its purposes. */
  async check(tx: Tx, inbox: { policyId: string }, given: GivenConsent): Promise<PolicyVersion> {
    if (given.policyId !== inbox.policyId) throw new AppError('consent.stale');
    const version = await this.policies.current(tx, inbox.policyId);
    if (given.policyVersion !== version.version) throw new AppError('consent.stale');
    const known = new Set(version.purposes.map((purpose) => purpose.id));
    const unknown = given.purposes.filter((purpose) => !known.has(purpose));
    if (unknown.length > 0)
      throw new AppError('input.invalid', undefined, {
        errors: [{ path: 'consent.purposes', message: 'names a purpose the policy does not have' }],
      });
    const missing = version.purposes.filter((purpose) => purpose.required && !given.purposes.includes(purpose.id));
    if (missing.length > 0)
      throw new AppError('consent.required', `Consent is needed for: ${missing.map((purpose) => purpose.id).join(', ')}.`);
    return version;
  }

  /** Writes down that consent was given. */
  async give(
    tx: Tx,
    who: { accountId: string; contactId: string; inboxId: string },
    version: PolicyVersion,
    given: GivenConsent,
  ): Promise<ConsentReceiptView> {
    return this.record(tx, {
      ...who,
      policyId: version.policyId,
      policyVersion: version.version,
      noticeHash: version.noticeHash,
      language: given.language ?? 'en',
      purposes: [...new Set(given.purposes)],
      event: 'given',
    });
  }

  /** Writes down that the contact's latest consent was withdrawn. */
  async withdraw(tx: Tx, actor: VisitorActor): Promise<ConsentReceiptView> {
    const latest = await tx.findOneOrFail(
      ConsentReceipt,
      { contactId: actor.contactId, event: 'given' },
      { orderBy: { at: 'desc', id: 'desc' } },
    );
    const { accountId, contactId, inboxId, policyId, policyVersion, noticeHash, language, purposes } = latest;
    return this.record(tx, { accountId, contactId, inboxId, policyId, policyVersion, noticeHash, language, purposes, event: 'withdrawn' });
  }

  /** What a contact agreed to and took back, newest first; at most 100. */
  receiptsOf(actor: MemberActor, contactId: string): Promise<ConsentReceiptView[]> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.gate.assertMaySee(tx, actor, contactId);
      const receipts = await tx.find(ConsentReceipt, { contactId }, { orderBy: { at: 'desc', id: 'desc' }, limit: 100 });
      // Whoever a program opened a ticket for has none.
      if (receipts.length === 0 && !(await isContact(tx, contactId))) throw notFound();
      return receipts.map(receiptView);
    });
  }

  private async record(tx: Tx, receipt: Omit<ConsentReceiptFields, 'id' | 'at'>): Promise<ConsentReceiptView> {
    const row = tx.create(ConsentReceipt, { id: newId(), at: this.clock.now(), ...receipt });
    tx.persist(row);
    await tx.flush();
    const { accountId, contactId } = receipt;
    await this.audit.record(
      tx,
      { kind: 'visitor', accountId, contactId },
      {
        action: receipt.event === 'given' ? 'consent.given' : 'consent.withdrawn',
        target: { kind: 'policy', id: receipt.policyId },
        data: { version: receipt.policyVersion, receipt: row.id },
      },
    );
    return receiptView(row);
  }
}

type ConsentReceiptFields = Pick<
  ConsentReceipt,
  'id' | 'accountId' | 'contactId' | 'inboxId' | 'policyId' | 'policyVersion' | 'noticeHash' | 'language' | 'purposes' | 'event' | 'at'
>;

const isContact = async (tx: Tx, id: string): Promise<boolean> =>
  (await query(tx, 'select id from contact where id = $1', [id])).length > 0;
