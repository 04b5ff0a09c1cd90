import { Migration } from '@mikro-orm/migrations';
import { getConstructionPlans } from 'pg-boss';
import { APP_ROLE, WRITER_ROLE } from '../database/policies.js';
import { nativeClientOf, script, statement } from '../database/sql.js';

/** The tables of the job queue, as pg-boss lays them out, and who may put a job in. */
export class Migration20261121000300 extends Migration {
  override name = 'Migration20261121000300';

  /** pg-boss' script opens a transaction of its own. */
  override isTransactional(): boolean {
    return false;
  }

  override async up(): Promise<void> {
    const client = await nativeClientOf(this.driver);
    const [found] = await statement<{ there: boolean }>(client, '', "select to_regclass('pgboss.version') is not null as there", []);
    if (!found?.there) await script(client, getConstructionPlans('pgboss'));
    await script(
      client,
      `grant usage on schema pgboss to ${APP_ROLE}, ${WRITER_ROLE};
       grant select on pgboss.queue to ${APP_ROLE};
       grant select, insert on pgboss.job, pgboss.job_common to ${APP_ROLE};
       grant insert on pgboss.job to ${WRITER_ROLE};`,
    );
  }
}
