import { Injectable } from '@nestjs/common';
import { ContactsService } from '@sotto/contacts';
import type { Actor, MemberActor, VisitorActor } from '@sotto/kernel';
import { Database, KeyRing, query, type Tx } from '@sotto/platform';
import type { ConversationCounts, ConversationQuery, ConversationView, Page, VisitorConversationView } from '@sotto/protocol';
import { AgentViews } from './agent-views.js';
import { forAgents, forVisitor, rowsOf, type ConversationRow, type Side } from './conversation.rows.js';
import { visitorConversation } from './conversation.views.js';
import { Filter, decodeCursor, encodeCursor } from './keyset.js';
import { numbered, visibleTo } from './visibility.js';

/** Counts stop here: beyond it the exact number tells nobody anything and costs a scan. */
const COUNT_CAP = 1_000;

/** Lists and counts the conversations that the caller may see. */
@Injectable()
export class ConversationList {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly contacts: ContactsService,
    private readonly agentViews: AgentViews,
  ) {}

  list(actor: MemberActor, input: ConversationQuery): Promise<Page<ConversationView>> {
    return this.database.in(actor.accountId, async (tx) => {
      const filter = this.visible(actor);
      if (input.view === 'mine') filter.add('c.assignee_id = ?', actor.memberId);
      if (input.view === 'unassigned') filter.add("c.assignee_id is null and c.status = 'open'");
      if (input.status) filter.add('c.status = ?', input.status);
      else if (!input.contact && !input.q) filter.add("c.status <> 'spam'");
      if (input.assignee) filter.add('c.assignee_id = ?', input.assignee);
      if (input.team) filter.add('c.team_id = ?', input.team);
      if (input.contact) filter.add('c.contact_id = ?', input.contact);
      if (input.q) await this.search(tx, actor.accountId, input.q, filter);
      const { rows, nextCursor } = await this.page(tx, filter, forAgents, input);
      return { items: await this.agentViews.of(tx, actor.accountId, rows), nextCursor };
    });
  }

  listOwn(actor: VisitorActor, input: { cursor?: string; limit: number }): Promise<Page<VisitorConversationView>> {
    return this.database.in(actor.accountId, async (tx) => {
      const filter = this.visible(actor);
      const { rows, nextCursor } = await this.page(tx, filter, forVisitor, input);
      const cipher = await this.keys.cipher(actor.accountId, actor.contactId, tx);
      return { items: rows.map((row) => visitorConversation(row, cipher)), nextCursor };
    });
  }

  counts(actor: MemberActor): Promise<ConversationCounts> {
    return this.database.in(actor.accountId, async (tx) => {
      const visible = numbered(visibleTo(actor), 1);
      const capped = (condition: string) =>
        `(select count(*)::int from (select 1 from conversation c where ${condition} and ${visible.sql} limit ${COUNT_CAP + 1}) x)`;
      const [row] = await query<Record<keyof ConversationCounts, number>>(
        tx,
        `select ${capped("status = 'open'")} as open, ${capped("status = 'open' and assignee_id = $1::uuid")} as mine,
                ${capped("status = 'open' and assignee_id is null")} as unassigned, ${capped("status = 'resolved'")} as resolved,
                ${capped("status = 'spam'")} as spam`,
        [actor.memberId, ...visible.parameters],
      );
      const count = (found = 0) => ({ count: Math.min(found, COUNT_CAP), more: found > COUNT_CAP });
      return {
        open: count(row?.open),
        mine: count(row?.mine),
        unassigned: count(row?.unassigned),
        resolved: count(row?.resolved),
        spam: count(row?.spam),
      };
    });
  }

  private visible(actor: Actor): Filter {
    const filter = new Filter();
    const { sql, parameters } = visibleTo(actor);
    filter.add(sql, ...parameters);
    return filter;
  }

  private async search(tx: Tx, accountId: string, q: string, filter: Filter): Promise<void> {
    const number = /^#?(\d{1,9})$/.exec(q)?.[1];
    if (number) filter.add('c.number = ?', Number(number));
    else filter.add('c.contact_id = any(?)', await this.contacts.idsByEmail(tx, accountId, q));
  }

  private async page(
    tx: Tx,
    filter: Filter,
    side: Side,
    input: { cursor?: string; limit: number },
  ): Promise<{ rows: ConversationRow[]; nextCursor: string | null }> {
    if (input.cursor !== undefined) {
      const { at, id } = decodeCursor(input.cursor);
      filter.add(`(${side.updatedAt}, c.id) < (?, ?)`, at, id);
    }
    const rows = await rowsOf(
      tx,
      side,
      `${filter.where} order by ${side.updatedAt} desc, c.id desc limit ${input.limit + 1}`,
      filter.parameters,
    );
    const wanted = rows.slice(0, input.limit);
    const last = wanted.at(-1);
    return { rows: wanted, nextCursor: rows.length > input.limit && last ? encodeCursor(side.timeOf(last), last.id) : null };
  }
}
