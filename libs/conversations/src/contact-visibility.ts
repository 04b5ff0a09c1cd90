import { Injectable } from '@nestjs/common';
import { GuardsContacts, type ContactGuard } from '@sotto/access';
import type { MemberActor } from '@sotto/kernel';
import { query, type Tx } from '@sotto/platform';
import { numbered, visibleTo } from './visibility.js';

/** A contact is there for whoever may see one of its conversations, or while it has none. */
@Injectable()
@GuardsContacts()
export class ContactVisibility implements ContactGuard {
  async maySeeContact(tx: Tx, actor: MemberActor, contactId: string): Promise<boolean> {
    const visible = numbered(visibleTo(actor), 1);
    const [row] = await query<{ sees: boolean }>(
      tx,
      `select not exists (select 1 from conversation c where c.contact_id = $1)
              or exists (select 1 from conversation c where c.contact_id = $1 and ${visible.sql}) as sees`,
      [contactId, ...visible.parameters],
    );
    return row?.sees === true;
  }
}
