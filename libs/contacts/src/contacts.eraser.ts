import { Injectable } from '@nestjs/common';
import { Eraser, KeyRing, type ErasureCount, type Subject, type SubjectEraser, type Trace, type Tx } from '@sotto/platform';
import { Contact } from './contact.entity.js';

/** Erases a contact and destroys the key that everything of theirs is encrypted with. */
@Injectable()
@Eraser()
export class ContactsEraser implements SubjectEraser {
  readonly store = 'contacts';

  constructor(private readonly keys: KeyRing) {}

  async erase(tx: Tx, subject: Subject): Promise<ErasureCount> {
    if (subject.kind !== 'contact') return {};
    const contact = await tx.nativeDelete(Contact, { id: subject.id });
    // Only with its row: an id of another kind of person must not cost them their key.
    const subject_key = contact > 0 ? await this.keys.destroySubjectKey(tx, subject.accountId, subject.id) : 0;
    return { contact, subject_key };
  }

  async findTraces(tx: Tx, subject: Subject): Promise<Trace[]> {
    const rows = subject.kind === 'contact' ? await tx.count(Contact, { id: subject.id }) : 0;
    return rows > 0 ? [{ table: 'contact', rows }] : [];
  }
}
