import { Migration } from '@mikro-orm/migrations';

/** What nobody screened is found by itself; there is no job for each conversation any more. */
export class Migration20261127000300 extends Migration {
  override name = 'Migration20261127000300';

  override up(): void {
    this.addSql('create index "conversation_unscreened" on "conversation" ("account_id", "created_at") where verdict is null;');
  }
}
