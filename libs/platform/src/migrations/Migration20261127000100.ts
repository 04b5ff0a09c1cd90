import { Migration } from '@mikro-orm/migrations';

/** The spam filter: what it said, what it was taught, where it stands, and who is blocked. */
export class Migration20261127000100 extends Migration {
  override name = 'Migration20261127000100';

  override up(): void {
    this.addSql(
      `create table "screening_block" ("id" uuid not null, "account_id" uuid not null, "kind" text not null, "hash" text not null, "reason_sealed" bytea not null, "member_id" uuid not null, "created_at" timestamptz not null, "expires_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`alter table "screening_block" add constraint "screening_block_hash" unique ("account_id", "hash");`);

    this.addSql(
      `create table "screening_head" ("account_id" uuid not null, "last_seq" int not null, "epoch" int not null, "threshold" double precision null, primary key ("account_id"));`,
    );

    this.addSql(
      `create table "screening_lesson" ("id" uuid not null, "account_id" uuid not null, "seq" int null, "conversation_id" uuid not null, "contact_id" uuid not null, "member_id" uuid not null, "verdict" text not null, "state" text not null, "reason" text null, "contradicted" boolean not null, "confirmed" boolean not null, "judged" boolean not null, "score" double precision not null, "feature_version" int not null, "features_sealed" bytea not null, "verdict_before" text null, "by_before" text null, "created_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "screening_lesson_member" on "screening_lesson" ("account_id", "member_id", "created_at", "id");`);
    this.addSql(`create index "screening_lesson_recent" on "screening_lesson" ("account_id", "created_at", "id");`);
    this.addSql(`create index "screening_lesson_account_id_contact_id_index" on "screening_lesson" ("account_id", "contact_id");`);
    this.addSql(`alter table "screening_lesson" add constraint "screening_lesson_seq" unique ("account_id", "seq");`);
    this.addSql(`alter table "screening_lesson" add constraint "screening_lesson_once" unique ("conversation_id", "member_id");`);

    this.addSql(
      `create table "screening_result" ("conversation_id" uuid not null, "account_id" uuid not null, "contact_id" uuid not null, "verdict" text not null, "decided_by" text not null, "score" double precision null, "threshold" double precision null, "member_verdict" text null, "screened_at" timestamptz not null, primary key ("conversation_id"));`,
    );
    this.addSql(`create index "screening_result_day" on "screening_result" ("account_id", "screened_at");`);
    this.addSql(`create index "screening_result_account_id_contact_id_index" on "screening_result" ("account_id", "contact_id");`);

    this.addSql(
      `create table "screening_snapshot" ("account_id" uuid not null, "epoch" int not null, "seq" int not null, "bytes" bytea not null, primary key ("account_id"));`,
    );

    this.addSql(`alter table "conversation" drop constraint "conversation_status";`);
    this.addSql(
      `alter table "conversation" add "channel" text not null default 'web', add "spam_from" text null, add "verdict" text null, add "verdict_by" text null, add "suspicion" text null;`,
    );
    this.addSql(`alter table "conversation" add constraint "conversation_status" check (status in ('open', 'resolved', 'spam'));`);
    this.addSql(`alter table "conversation" add constraint "conversation_spam_from" check ((status = 'spam') = (spam_from is not null));`);

    this.addSql(`alter table "visitor_session" add "suspicion" text null;`);

    this.addSql(`alter table "screening_block" enable row level security;`);
    this.addSql(`alter table "screening_block" force row level security;`);
    this.addSql(
      `create policy "screening_block_account" on "screening_block" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "screening_head" enable row level security;`);
    this.addSql(`alter table "screening_head" force row level security;`);
    this.addSql(
      `create policy "screening_head_account" on "screening_head" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(
      `alter table "screening_lesson" add constraint "screening_lesson_learned" check ((state = 'learned') = (seq is not null));`,
    );
    this.addSql(`alter table "screening_lesson" enable row level security;`);
    this.addSql(`alter table "screening_lesson" force row level security;`);
    this.addSql(
      `create policy "screening_lesson_account" on "screening_lesson" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "screening_result" enable row level security;`);
    this.addSql(`alter table "screening_result" force row level security;`);
    this.addSql(
      `create policy "screening_result_account" on "screening_result" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );

    this.addSql(`alter table "screening_snapshot" enable row level security;`);
    this.addSql(`alter table "screening_snapshot" force row level security;`);
    this.addSql(
      `create policy "screening_snapshot_account" on "screening_snapshot" to "sotto_app", "sotto_writer" using (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid)) with check (account_id = (select nullif(current_setting('sotto.account', true), '')::uuid));`,
    );
  }
}
