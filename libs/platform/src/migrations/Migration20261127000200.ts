import { Migration } from '@mikro-orm/migrations';

/** Tickets that a program opens in a contact's words have no visitor's session. */
export class Migration20261127000200 extends Migration {
  override name = 'Migration20261127000200';

  override up(): void {
    this.addSql(APPEND_MESSAGE);
  }
}

/**
 * Adds a message to a conversation in one statement: checks consent, finds an earlier send of the same
 * clientMessageId, checks that a member may see the conversation, raises its seq, stores the message and enqueues what
 * must follow. It runs as sotto_writer, whose rows the account's policy confines like everybody's.
 *
 * p_sees_all: the member may see conversations of every team. A node of the version before does not say it and can store
 * nothing until it is replaced; what clients could not send there they send again. Who sent a message and lost sight of
 * the conversation since gets the first answer for the same clientMessageId: it is about their own message.
 *
 * A contact's words without a session came through a program of the account's, which answers for their consent; a
 * conversation that began in the widget takes none of those.
 *
 * team, assignee: whom the conversation was shown to when the message got its seq.
 * outcome: created | duplicate | not-found | consent.required | consent.stale
 */
const APPEND_MESSAGE = `
create or replace function append_message(
  p_account uuid, p_conversation uuid, p_contact uuid, p_session uuid,
  p_author_kind text, p_author uuid, p_id uuid, p_client_id uuid, p_kind text, p_body bytea,
  p_reopened_id uuid, p_overdue_seconds int, p_sees_all boolean,
  out outcome text, out message_id uuid, out new_seq int, out new_prev int, out moment timestamptz,
  out reopened_seq int, out reopened_prev int, out stored_kind text, out stored_body bytea,
  out team uuid, out assignee uuid
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
  visible constant boolean := p_kind = 'message';
  from_visitor constant boolean := p_author_kind = 'visitor';
  from_widget constant boolean := from_visitor and p_session is not null;
  old record;
  reopens boolean;
begin
  perform set_config('sotto.account', p_account::text, true);

  if from_widget then
    select case
             when s.withdrawn_at is not null or s.expires_at <= now() then 'consent.required'
             when i.policy_id <> s.policy_id or p.current_version <> s.policy_version then 'consent.stale'
             else 'ok'
           end
      into outcome
      from visitor_session s join inbox i on i.id = s.inbox_id join policy p on p.id = i.policy_id
     where s.id = p_session and s.contact_id = p_contact;
    if outcome is null then outcome := 'consent.required'; end if;
    if outcome <> 'ok' then return; end if;
  end if;

  select m.id, m.seq, m.kind, m.body_sealed into message_id, new_seq, stored_kind, stored_body
    from message m
   where m.conversation_id = p_conversation and m.author_id = p_author and m.client_message_id = p_client_id;
  if found then outcome := 'duplicate'; return; end if;

  select c.status, c.last_seq, c.visitor_seq, c.waiting_since, c.team_id, c.assignee_id into old
    from conversation c
   where c.id = p_conversation and (p_contact is null or c.contact_id = p_contact)
     and (not from_visitor or from_widget or c.channel <> 'web')
     and (from_visitor or p_sees_all or c.team_id is null or c.assignee_id = p_author
          or exists (select 1 from team_member t where t.team_id = c.team_id and t.member_id = p_author))
     for no key update of c;
  if not found then outcome := 'not-found'; return; end if;
  team := old.team_id;
  assignee := old.assignee_id;

  outcome := 'created';
  message_id := p_id;
  -- After the lock, so that times rise with seq.
  moment := date_trunc('milliseconds', clock_timestamp());
  reopens := from_visitor and old.status = 'resolved';
  new_seq := old.last_seq + 1;
  new_prev := old.visitor_seq;

  if reopens then
    insert into message (id, account_id, conversation_id, seq, visitor_prev, visible_to_visitor, type, kind,
                         author_kind, author_id, client_message_id, body_sealed, data, created_at)
    values (p_reopened_id, p_account, p_conversation, new_seq, new_prev, true, 'status.changed', 'activity',
            p_author_kind, p_author, null, null, '{"status":"open","from":"resolved"}', moment);
    reopened_seq := new_seq;
    reopened_prev := new_prev;
    new_prev := new_seq;
    new_seq := new_seq + 1;
  end if;

  insert into message (id, account_id, conversation_id, seq, visitor_prev, visible_to_visitor, type, kind,
                       author_kind, author_id, client_message_id, body_sealed, data, created_at)
  values (p_id, p_account, p_conversation, new_seq, new_prev, visible, 'message.created', p_kind,
          p_author_kind, p_author, p_client_id, p_body, null, moment);

  update conversation c
     set last_seq = new_seq,
         visitor_seq = case when visible then new_seq else c.visitor_seq end,
         last_message_seq = new_seq,
         visitor_message_seq = case when visible then new_seq else c.visitor_message_seq end,
         status = case when reopens then 'open' else c.status end,
         unread_by_agents = c.unread_by_agents + case when from_visitor then 1 else 0 end,
         unread_by_visitor = c.unread_by_visitor + case when visible and not from_visitor then 1 else 0 end,
         waiting_since = case when from_visitor then coalesce(c.waiting_since, moment) when visible then null else c.waiting_since end,
         overdue = c.overdue and (from_visitor or not visible),
         updated_at = moment,
         visitor_updated_at = case when visible then moment else c.visitor_updated_at end
   where c.id = p_conversation;

  if from_visitor and old.waiting_since is null then
    insert into pgboss.job (name, data, start_after, policy, retry_limit, retry_delay, retry_backoff)
    values ('conversation.overdue',
            jsonb_build_object('accountId', p_account, 'conversationId', p_conversation, 'seq', new_seq),
            now() + make_interval(secs => p_overdue_seconds), 'standard', 5, 1, true);
  end if;
end $$;`;
