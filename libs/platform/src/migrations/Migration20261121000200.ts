import { Migration } from '@mikro-orm/migrations';

/** The first tables, with their row level security. */
export class Migration20261121000200 extends Migration {
  override name = 'Migration20261121000200';

  override up(): void | Promise<void> {
    this.addSql(`create schema if not exists "vault";`);
    this.addSql(
      `create table "account" ("id" uuid not null, "name" text not null, "last_number" int not null default 0, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );

    this.addSql(
      `create table "vault"."account_key" ("account_id" uuid not null, "wrapped" bytea not null, "created_at" timestamptz not null default now(), primary key ("account_id"));`,
    );

    this.addSql(
      `create table "consent_receipt" ("id" uuid not null, "account_id" uuid not null, "contact_id" uuid not null, "inbox_id" uuid not null, "policy_id" uuid not null, "policy_version" int not null, "notice_hash" text not null, "language" text not null, "purposes" jsonb not null, "event" text not null, "at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "consent_receipt_account_id_contact_id_at_index" on "consent_receipt" ("account_id", "contact_id", "at");`);
    this.addSql(`alter table "consent_receipt" add constraint "consent_receipt_event" check (event in ('given', 'withdrawn'));`);

    this.addSql(
      `create table "contact" ("id" uuid not null, "account_id" uuid not null, "name_sealed" bytea null, "email_sealed" bytea null, "email_index" text null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "contact_account_id_email_index_index" on "contact" ("account_id", "email_index");`);

    this.addSql(
      `create table "conversation" ("id" uuid not null, "account_id" uuid not null, "inbox_id" uuid not null, "contact_id" uuid not null, "client_conversation_id" uuid not null, "number" int not null, "status" text not null, "assignee_id" uuid null, "last_seq" int not null, "visitor_seq" int not null, "last_message_seq" int not null, "visitor_message_seq" int not null, "visitor_read_seq" int not null, "agent_read_seq" int not null, "unread_by_agents" int not null, "unread_by_visitor" int not null, "waiting_since" timestamptz null, "overdue" boolean not null, "created_at" timestamptz not null, "updated_at" timestamptz not null, "visitor_updated_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "conversation_recent" on "conversation" ("account_id", "updated_at", "id");`);
    this.addSql(`create index "conversation_status" on "conversation" ("account_id", "status", "updated_at", "id");`);
    this.addSql(`create index "conversation_assignee" on "conversation" ("account_id", "assignee_id", "status", "updated_at", "id");`);
    this.addSql(`alter table "conversation" add constraint "conversation_number" unique ("account_id", "number");`);
    this.addSql(
      `alter table "conversation" add constraint "conversation_client_id" unique ("account_id", "contact_id", "client_conversation_id");`,
    );
    this.addSql(`alter table "conversation" add constraint "conversation_status" check (status in ('open', 'resolved'));`);

    this.addSql(
      `create table "idempotent_request" ("member_id" uuid not null, "key" text not null, "account_id" uuid not null, "request_index" text not null, "status" int null, "answer_sealed" bytea null, "created_at" timestamptz not null, primary key ("member_id", "key"));`,
    );
    this.addSql(`create index "idempotent_request_account_id_index" on "idempotent_request" ("account_id");`);
    this.addSql(`create index "idempotent_request_created_at_index" on "idempotent_request" ("created_at");`);

    this.addSql(
      `create table "inbox" ("id" uuid not null, "account_id" uuid not null, "channel" text not null, "name" text not null, "key" text not null, "policy_id" uuid not null, "allowed_origins" jsonb not null, "colour" text not null, "texts" jsonb not null, "fallback_email" text null, "seen_at" timestamptz null, "seen_origin" text null, "refused_at" timestamptz null, "refused_origin" text null, "created_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "inbox_account_id_index" on "inbox" ("account_id");`);
    this.addSql(`alter table "inbox" add constraint "inbox_key_unique" unique ("key");`);

    this.addSql(
      `create table "member" ("id" uuid not null, "account_id" uuid not null, "role" text not null, "name_sealed" bytea not null, "email_sealed" bytea not null, "login_hash" text not null, "password_hash" text not null, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`create index "member_account_id_index" on "member" ("account_id");`);
    this.addSql(`alter table "member" add constraint "member_login_hash_unique" unique ("login_hash");`);
    this.addSql(`alter table "member" add constraint "member_role" check (role in ('owner', 'admin', 'agent'));`);

    this.addSql(
      `create table "message" ("id" uuid not null, "account_id" uuid not null, "conversation_id" uuid not null, "seq" int not null, "visitor_prev" int not null, "visible_to_visitor" boolean not null, "type" text not null, "kind" text not null, "author_kind" text not null, "author_id" uuid null, "client_message_id" uuid null, "body_sealed" bytea null, "data" jsonb null, "created_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`alter table "message" add constraint "message_seq" unique ("conversation_id", "seq");`);
    this.addSql(`alter table "message" add constraint "message_client_id" unique ("conversation_id", "author_id", "client_message_id");`);
    this.addSql(`alter table "message" add constraint "message_kind" check (kind in ('message', 'note', 'activity'));`);
    this.addSql(`alter table "message" add constraint "message_note_hidden" check (kind <> 'note' or not visible_to_visitor);`);

    this.addSql(
      `create table "policy" ("id" uuid not null, "account_id" uuid not null, "name" text not null, "current_version" int not null, "created_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "policy_account_id_index" on "policy" ("account_id");`);

    this.addSql(
      `create table "policy_version" ("policy_id" uuid not null, "version" int not null, "account_id" uuid not null, "texts" jsonb not null, "url" text null, "purposes" jsonb not null, "notice_hash" text not null, "published_at" timestamptz not null, "published_by" uuid null, primary key ("policy_id", "version"));`,
    );
    this.addSql(`create index "policy_version_account_id_index" on "policy_version" ("account_id");`);

    this.addSql(
      `create table "session" ("id" uuid not null, "account_id" uuid not null, "member_id" uuid not null, "token_hash" text not null, "footprint_sealed" bytea not null, "created_at" timestamptz not null, "last_used_at" timestamptz not null, "expires_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`alter table "session" add constraint "session_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "session_account_id_member_id_index" on "session" ("account_id", "member_id");`);

    this.addSql(
      `create table "setup_code" ("code_hash" text not null, "expires_at" timestamptz not null, "created_at" timestamptz not null default now(), primary key ("code_hash"));`,
    );

    this.addSql(
      `create table "vault"."subject_key" ("subject_id" uuid not null, "account_id" uuid not null, "wrapped" bytea not null, "created_at" timestamptz not null default now(), primary key ("subject_id"));`,
    );
    this.addSql(`create index "subject_key_account_id_index" on "vault"."subject_key" ("account_id");`);

    this.addSql(
      `create table "visitor_session" ("id" uuid not null, "account_id" uuid not null, "contact_id" uuid not null, "inbox_id" uuid not null, "token_hash" text not null, "policy_id" uuid not null, "policy_version" int not null, "receipt_id" uuid not null, "withdrawn_at" timestamptz null, "created_at" timestamptz not null, "expires_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`alter table "visitor_session" add constraint "visitor_session_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "visitor_session_account_id_contact_id_index" on "visitor_session" ("account_id", "contact_id");`);

    this.addSql(`alter table "account" enable row level security;`);
    this.addSql(`alter table "account" force row level security;`);
    this.addSql(
      `create policy "account_account" on "account" to "sotto_app", "sotto_writer" using (id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`create policy "account_operator" on "account" for select to "sotto_operator" using (true);`);
    this.addSql(`alter table "vault"."account_key" enable row level security;`);
    this.addSql(`alter table "vault"."account_key" force row level security;`);
    this.addSql(
      `create policy "account_key_account" on "vault"."account_key" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`alter table "consent_receipt" enable row level security;`);
    this.addSql(`alter table "consent_receipt" force row level security;`);
    this.addSql(
      `create policy "consent_receipt_account" on "consent_receipt" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`alter table "contact" enable row level security;`);
    this.addSql(`alter table "contact" force row level security;`);
    this.addSql(
      `create policy "contact_account" on "contact" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`alter table "conversation" enable row level security;`);
    this.addSql(`alter table "conversation" force row level security;`);
    this.addSql(
      `create policy "conversation_account" on "conversation" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`alter table "idempotent_request" enable row level security;`);
    this.addSql(`alter table "idempotent_request" force row level security;`);
    this.addSql(
      `create policy "idempotent_request_account" on "idempotent_request" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "idempotent_request_operator_select" on "idempotent_request" for select to "sotto_operator" using (created_at < now() - interval '1 day');`,
    );
    this.addSql(
      `create policy "idempotent_request_operator_delete" on "idempotent_request" for delete to "sotto_operator" using (created_at < now() - interval '1 day');`,
    );
    this.addSql(`alter table "inbox" enable row level security;`);
    this.addSql(`alter table "inbox" force row level security;`);
    this.addSql(
      `create policy "inbox_account" on "inbox" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "inbox_door" on "inbox" for select to "sotto_app" using ("key" = (select nullif(current_setting('sotto.door', true), '')::text));`,
    );
    this.addSql(`alter table "member" enable row level security;`);
    this.addSql(`alter table "member" force row level security;`);
    this.addSql(
      `create policy "member_account" on "member" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "member_door" on "member" for select to "sotto_app" using (login_hash = (select nullif(current_setting('sotto.door', true), '')::text));`,
    );
    this.addSql(`alter table "message" enable row level security;`);
    this.addSql(`alter table "message" force row level security;`);
    this.addSql(
      `create policy "message_account" on "message" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`alter table "policy" enable row level security;`);
    this.addSql(`alter table "policy" force row level security;`);
    this.addSql(
      `create policy "policy_account" on "policy" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`alter table "policy_version" enable row level security;`);
    this.addSql(`alter table "policy_version" force row level security;`);
    this.addSql(
      `create policy "policy_version_account" on "policy_version" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`alter table "session" enable row level security;`);
    this.addSql(`alter table "session" force row level security;`);
    this.addSql(
      `create policy "session_account" on "session" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "session_door" on "session" for select to "sotto_app" using (token_hash = (select nullif(current_setting('sotto.door', true), '')::text));`,
    );
    this.addSql(`create policy "session_operator_select" on "session" for select to "sotto_operator" using (expires_at < now());`);
    this.addSql(`create policy "session_operator_delete" on "session" for delete to "sotto_operator" using (expires_at < now());`);
    this.addSql(`alter table "setup_code" enable row level security;`);
    this.addSql(`alter table "setup_code" force row level security;`);
    this.addSql(
      `create policy "setup_code_door" on "setup_code" to "sotto_app" using (code_hash = (select nullif(current_setting('sotto.door', true), '')::text)) with check (code_hash = (select nullif(current_setting('sotto.door', true), '')::text));`,
    );
    this.addSql(`create policy "setup_code_operator" on "setup_code" to "sotto_operator" using (true) with check (true);`);
    this.addSql(`alter table "vault"."subject_key" enable row level security;`);
    this.addSql(`alter table "vault"."subject_key" force row level security;`);
    this.addSql(
      `create policy "subject_key_account" on "vault"."subject_key" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`alter table "visitor_session" enable row level security;`);
    this.addSql(`alter table "visitor_session" force row level security;`);
    this.addSql(
      `create policy "visitor_session_account" on "visitor_session" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "visitor_session_door" on "visitor_session" for select to "sotto_app" using (token_hash = (select nullif(current_setting('sotto.door', true), '')::text));`,
    );
    this.addSql(
      `create policy "visitor_session_operator_select" on "visitor_session" for select to "sotto_operator" using (expires_at < now());`,
    );
    this.addSql(
      `create policy "visitor_session_operator_delete" on "visitor_session" for delete to "sotto_operator" using (expires_at < now());`,
    );
  }
}
