import { Migration } from '@mikro-orm/migrations';
import { APP_ROLE, OPERATOR_ROLE, WRITER_ROLE } from '../database/policies.js';

/**
 * The database roles. Roles belong to the whole Postgres server, so they may be there already. The
 * user that migrates becomes a member of each, to be able to switch to it.
 */
export class Migration20261121000100 extends Migration {
  override name = 'Migration20261121000100';

  override up(): void {
    for (const role of [APP_ROLE, WRITER_ROLE, OPERATOR_ROLE]) {
      this.addSql(`
        do $$ begin
          create role ${role} nologin;
        exception when duplicate_object or unique_violation then null;
        end $$;`);
      this.addSql(`grant ${role} to current_user;`);
    }
    this.addSql('create schema if not exists vault;');
    this.addSql(`grant usage on schema public, vault to ${APP_ROLE}, ${WRITER_ROLE}, ${OPERATOR_ROLE};`);
    this.addSql(`alter default privileges in schema public, vault grant select, insert, update, delete on tables to ${APP_ROLE};`);
  }
}
