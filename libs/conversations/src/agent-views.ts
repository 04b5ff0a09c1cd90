import { Injectable } from '@nestjs/common';
import { MembersService, Memberships } from '@sotto/accounts';
import { ContactsService } from '@sotto/contacts';
import { KeyRing, type Tx } from '@sotto/platform';
import type { ConversationView } from '@sotto/protocol';
import type { ConversationRow } from './conversation.rows.js';
import { agentConversation } from './conversation.views.js';

/** Opens conversations for agents, with the names they show. */
@Injectable()
export class AgentViews {
  constructor(
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly memberships: Memberships,
    private readonly contacts: ContactsService,
  ) {}

  /** In the order of the rows; one whose contact is gone is left out. */
  async of(tx: Tx, accountId: string, rows: readonly ConversationRow[]): Promise<ConversationView[]> {
    const contactIds = rows.map((row) => row.contactId);
    const [ciphers, contacts] = [await this.keys.ciphers(accountId, contactIds, tx), await this.contacts.views(tx, accountId, contactIds)];
    const present = (ids: readonly (string | null)[]) => ids.filter((id) => id !== null);
    const names = {
      members: await this.members.namesOf(accountId, present(rows.map((row) => row.assigneeId)), tx),
      teams: await this.memberships.namesOfTeams(tx, present(rows.map((row) => row.teamId))),
    };
    return rows.flatMap((row) => {
      const cipher = ciphers.get(row.contactId);
      const contact = contacts.get(row.contactId);
      return cipher && contact ? [agentConversation(row, cipher, contact, names)] : [];
    });
  }
}
