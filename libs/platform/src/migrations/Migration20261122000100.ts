import { Migration } from '@mikro-orm/migrations';
import { APP_ROLE, OPERATOR_ROLE } from '../database/policies.js';

/** Who gets in, from where, and what they may do; what they did; what they are told by mail. */
export class Migration20261122000100 extends Migration {
  override name = 'Migration20261122000100';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "account_mail" ("account_id" uuid not null, "settings_sealed" bytea not null, "version" int not null default 1, primary key ("account_id"));`,
    );

    this.addSql(
      `create table "account_security" ("account_id" uuid not null, "require_two_factor" boolean not null default false, "allowlist_sealed" bytea null, "version" int not null default 1, primary key ("account_id"));`,
    );

    this.addSql(
      `create table "api_token" ("id" uuid not null, "account_id" uuid not null, "member_id" uuid not null, "name_sealed" bytea not null, "token_hash" text not null, "hint" text not null, "scopes" jsonb not null, "allowlist_sealed" bytea null, "created_at" timestamptz not null, "expires_at" timestamptz not null, "last_used_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`alter table "api_token" add constraint "api_token_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "api_token_account_id_member_id_index" on "api_token" ("account_id", "member_id");`);

    this.addSql(
      `create table "audit_entry" ("account_id" uuid not null, "seq" int not null, "at" timestamptz not null, "action" text not null, "actor_kind" text not null, "actor_id" uuid null, "target_kind" text null, "target_id" uuid null, "address_of" uuid null, "address_sealed" bytea null, "data" text not null, "hash" text not null, primary key ("account_id", "seq"));`,
    );
    this.addSql(`create index "audit_entry_action" on "audit_entry" ("account_id", "action", "seq");`);
    this.addSql(`create index "audit_entry_actor" on "audit_entry" ("account_id", "actor_id", "seq");`);

    this.addSql(
      `create table "audit_head" ("account_id" uuid not null, "seq" int not null, "hash" text not null, primary key ("account_id"));`,
    );

    this.addSql(
      `create table "avatar" ("member_id" uuid not null, "account_id" uuid not null, "version" uuid not null, "type" text not null, "bytes_sealed" bytea not null, primary key ("member_id"));`,
    );
    this.addSql(`create index "avatar_account_id_index" on "avatar" ("account_id");`);

    this.addSql(
      `create table "custom_role" ("id" uuid not null, "account_id" uuid not null, "name" text not null, "permissions" jsonb not null, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`alter table "custom_role" add constraint "custom_role_name" unique ("account_id", "name");`);

    this.addSql(
      `create table "invitation" ("member_id" uuid not null, "account_id" uuid not null, "invited_by" uuid not null, "token_hash" text not null, "created_at" timestamptz not null, "expires_at" timestamptz not null, primary key ("member_id"));`,
    );
    this.addSql(`create index "invitation_account_id_index" on "invitation" ("account_id");`);
    this.addSql(`alter table "invitation" add constraint "invitation_token_hash_unique" unique ("token_hash");`);

    this.addSql(
      `create table "known_device" ("id" uuid not null, "account_id" uuid not null, "member_id" uuid not null, "token_hash" text not null, "created_at" timestamptz not null, "expires_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`alter table "known_device" add constraint "known_device_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "known_device_account_id_member_id_index" on "known_device" ("account_id", "member_id");`);

    this.addSql(
      `create table "mail_outbox" ("id" uuid not null, "account_id" uuid not null, "member_id" uuid not null, "notice" text not null, "data_sealed" bytea not null, "created_at" timestamptz not null, "expires_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "mail_outbox_account_id_member_id_index" on "mail_outbox" ("account_id", "member_id");`);

    this.addSql(
      `create table "ownership_offer" ("account_id" uuid not null, "from_member_id" uuid not null, "to_member_id" uuid not null, "stay" boolean not null, "created_at" timestamptz not null, "expires_at" timestamptz not null, primary key ("account_id"));`,
    );

    this.addSql(
      `create table "passkey" ("id" uuid not null, "account_id" uuid not null, "member_id" uuid not null, "credential_id" text not null, "public_key" bytea not null, "counter" bigint not null default '0', "transports" jsonb not null, "name_sealed" bytea not null, "created_at" timestamptz not null, "last_used_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`alter table "passkey" add constraint "passkey_credential_id_unique" unique ("credential_id");`);
    this.addSql(`create index "passkey_account_id_member_id_index" on "passkey" ("account_id", "member_id");`);

    this.addSql(
      `create table "password_reset" ("token_hash" text not null, "account_id" uuid not null, "member_id" uuid not null, "created_at" timestamptz not null, "expires_at" timestamptz not null, primary key ("token_hash"));`,
    );
    this.addSql(`create index "password_reset_account_id_member_id_index" on "password_reset" ("account_id", "member_id");`);

    this.addSql(
      `create table "recovery_code" ("id" uuid not null, "account_id" uuid not null, "member_id" uuid not null, "code_hash" text not null, primary key ("id"));`,
    );
    this.addSql(`alter table "recovery_code" add constraint "recovery_code_code_hash_unique" unique ("code_hash");`);
    this.addSql(`create index "recovery_code_account_id_member_id_index" on "recovery_code" ("account_id", "member_id");`);

    this.addSql(
      `create table "sign_in" ("id" uuid not null, "account_id" uuid not null, "member_id" uuid not null, "outcome" text not null, "footprint_sealed" bytea not null, "place_hash" text not null, "created_at" timestamptz not null, "expires_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "sign_in_account_id_member_id_created_at_index" on "sign_in" ("account_id", "member_id", "created_at");`);

    this.addSql(
      `create table "sso_identity" ("id" uuid not null, "account_id" uuid not null, "member_id" uuid not null, "subject_hash" text not null, "created_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "sso_identity_account_id_member_id_index" on "sso_identity" ("account_id", "member_id");`);
    this.addSql(`alter table "sso_identity" add constraint "sso_identity_subject" unique ("account_id", "subject_hash");`);

    this.addSql(
      `create table "sso_provider" ("account_id" uuid not null, "enabled" boolean not null, "settings_sealed" bytea not null, "version" int not null default 1, primary key ("account_id"));`,
    );

    this.addSql(
      `create table "team" ("id" uuid not null, "account_id" uuid not null, "name" text not null, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`alter table "team" add constraint "team_name" unique ("account_id", "name");`);

    this.addSql(
      `create table "team_member" ("team_id" uuid not null, "member_id" uuid not null, "account_id" uuid not null, primary key ("team_id", "member_id"));`,
    );
    this.addSql(`create index "team_member_member_id_index" on "team_member" ("member_id");`);
    this.addSql(`create index "team_member_account_id_index" on "team_member" ("account_id");`);

    this.addSql(
      `create table "totp" ("member_id" uuid not null, "account_id" uuid not null, "secret_sealed" bytea not null, "last_step" int not null default 0, "confirmed_at" timestamptz null, "created_at" timestamptz not null, primary key ("member_id"));`,
    );
    this.addSql(`create index "totp_account_id_index" on "totp" ("account_id");`);

    this.addSql(`alter table "conversation" add "team_id" uuid null;`);

    this.addSql(`alter table "inbox" add "team_id" uuid null;`);

    this.addSql(
      `alter table "member" add "custom_role_id" uuid null, add "status" text not null default 'active', add "language" text null, add "two_factor_since" timestamptz null, add "grace_until" timestamptz null;`,
    );
    this.addSql(`alter table "member" alter column "password_hash" drop not null;`);
    this.addSql(`create index "member_custom_role_id_index" on "member" ("custom_role_id");`);
    this.addSql(`alter table "member" add constraint "member_custom_role" check (custom_role_id is null or role = 'agent');`);
    this.addSql(`alter table "member" add constraint "member_status" check (status in ('invited', 'active', 'disabled'));`);

    this.addSql(
      `alter table "session" add "stage" text not null default 'full', add "remembered" boolean not null default false, add "proven_at" timestamptz null, add "challenge" text null, add "challenge_until" timestamptz null;`,
    );
    // Sessions that are open had come all the way; new ones say so.
    this.addSql(`alter table "session" alter column "stage" drop default;`);
    this.addSql(`alter table "session" add constraint "session_stage" check (stage in ('full', 'second-factor', 'enrolment'));`);

    this.addSql(`alter table "account_mail" enable row level security;`);
    this.addSql(`alter table "account_mail" force row level security;`);
    this.addSql(
      `create policy "account_mail_account" on "account_mail" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "account_security" enable row level security;`);
    this.addSql(`alter table "account_security" force row level security;`);
    this.addSql(
      `create policy "account_security_account" on "account_security" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "api_token" enable row level security;`);
    this.addSql(`alter table "api_token" force row level security;`);
    this.addSql(
      `create policy "api_token_account" on "api_token" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "api_token_door" on "api_token" for select to "sotto_app" using (token_hash = (select nullif(current_setting('sotto.door', true), '')::text));`,
    );

    this.addSql(`alter table "audit_entry" enable row level security;`);
    this.addSql(`alter table "audit_entry" force row level security;`);
    this.addSql(
      `create policy "audit_entry_account" on "audit_entry" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "audit_head" enable row level security;`);
    this.addSql(`alter table "audit_head" force row level security;`);
    this.addSql(
      `create policy "audit_head_account" on "audit_head" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "avatar" add constraint "avatar_type" check (type in ('image/png', 'image/jpeg', 'image/webp'));`);
    this.addSql(`alter table "avatar" enable row level security;`);
    this.addSql(`alter table "avatar" force row level security;`);
    this.addSql(
      `create policy "avatar_account" on "avatar" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "custom_role" enable row level security;`);
    this.addSql(`alter table "custom_role" force row level security;`);
    this.addSql(
      `create policy "custom_role_account" on "custom_role" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "invitation" enable row level security;`);
    this.addSql(`alter table "invitation" force row level security;`);
    this.addSql(
      `create policy "invitation_account" on "invitation" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "invitation_door" on "invitation" for select to "sotto_app" using (token_hash = (select nullif(current_setting('sotto.door', true), '')::text));`,
    );
    this.addSql(`create policy "invitation_operator_select" on "invitation" for select to "sotto_operator" using (expires_at < now());`);
    this.addSql(`create policy "invitation_operator_delete" on "invitation" for delete to "sotto_operator" using (expires_at < now());`);

    this.addSql(`alter table "known_device" enable row level security;`);
    this.addSql(`alter table "known_device" force row level security;`);
    this.addSql(
      `create policy "known_device_account" on "known_device" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "known_device_door" on "known_device" for select to "sotto_app" using (token_hash = (select nullif(current_setting('sotto.door', true), '')::text));`,
    );
    this.addSql(
      `create policy "known_device_operator_select" on "known_device" for select to "sotto_operator" using (expires_at < now());`,
    );
    this.addSql(
      `create policy "known_device_operator_delete" on "known_device" for delete to "sotto_operator" using (expires_at < now());`,
    );

    this.addSql(`alter table "mail_outbox" enable row level security;`);
    this.addSql(`alter table "mail_outbox" force row level security;`);
    this.addSql(
      `create policy "mail_outbox_account" on "mail_outbox" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`create policy "mail_outbox_operator_select" on "mail_outbox" for select to "sotto_operator" using (expires_at < now());`);
    this.addSql(`create policy "mail_outbox_operator_delete" on "mail_outbox" for delete to "sotto_operator" using (expires_at < now());`);

    this.addSql(`alter table "ownership_offer" enable row level security;`);
    this.addSql(`alter table "ownership_offer" force row level security;`);
    this.addSql(
      `create policy "ownership_offer_account" on "ownership_offer" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "ownership_offer_operator_select" on "ownership_offer" for select to "sotto_operator" using (expires_at < now());`,
    );
    this.addSql(
      `create policy "ownership_offer_operator_delete" on "ownership_offer" for delete to "sotto_operator" using (expires_at < now());`,
    );

    this.addSql(`alter table "passkey" enable row level security;`);
    this.addSql(`alter table "passkey" force row level security;`);
    this.addSql(
      `create policy "passkey_account" on "passkey" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "password_reset" enable row level security;`);
    this.addSql(`alter table "password_reset" force row level security;`);
    this.addSql(
      `create policy "password_reset_account" on "password_reset" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(
      `create policy "password_reset_door" on "password_reset" for select to "sotto_app" using (token_hash = (select nullif(current_setting('sotto.door', true), '')::text));`,
    );
    this.addSql(
      `create policy "password_reset_operator_select" on "password_reset" for select to "sotto_operator" using (expires_at < now());`,
    );
    this.addSql(
      `create policy "password_reset_operator_delete" on "password_reset" for delete to "sotto_operator" using (expires_at < now());`,
    );

    this.addSql(`alter table "recovery_code" enable row level security;`);
    this.addSql(`alter table "recovery_code" force row level security;`);
    this.addSql(
      `create policy "recovery_code_account" on "recovery_code" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "sign_in" enable row level security;`);
    this.addSql(`alter table "sign_in" force row level security;`);
    this.addSql(
      `create policy "sign_in_account" on "sign_in" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
    this.addSql(`create policy "sign_in_operator_select" on "sign_in" for select to "sotto_operator" using (expires_at < now());`);
    this.addSql(`create policy "sign_in_operator_delete" on "sign_in" for delete to "sotto_operator" using (expires_at < now());`);

    this.addSql(`alter table "sso_identity" enable row level security;`);
    this.addSql(`alter table "sso_identity" force row level security;`);
    this.addSql(
      `create policy "sso_identity_account" on "sso_identity" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "sso_provider" enable row level security;`);
    this.addSql(`alter table "sso_provider" force row level security;`);
    this.addSql(
      `create policy "sso_provider_account" on "sso_provider" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "team" enable row level security;`);
    this.addSql(`alter table "team" force row level security;`);
    this.addSql(
      `create policy "team_account" on "team" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "team_member" enable row level security;`);
    this.addSql(`alter table "team_member" force row level security;`);
    this.addSql(
      `create policy "team_member_account" on "team_member" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "totp" enable row level security;`);
    this.addSql(`alter table "totp" force row level security;`);
    this.addSql(
      `create policy "totp_account" on "totp" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`revoke update, delete on audit_entry from ${APP_ROLE};`);
    this.addSql(
      `grant select, delete on sign_in, known_device, password_reset, invitation, ownership_offer, mail_outbox to ${OPERATOR_ROLE};`,
    );
  }
}
