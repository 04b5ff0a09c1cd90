/**
 * `npm run migration:create -- name` writes what the entities changed since the last migration;
 * `npm run migration:check` fails when the migrations do not lead to the tables the entities describe.
 * Both work on a throw-away database in memory.
 */
import { spawnSync } from 'node:child_process';
import { build } from './build.mjs';
import { install } from './prepare/install.mjs';
import { inRoot, projectNode } from './prepare/place.mjs';

const [command, name] = process.argv.slice(2);

async function orm(more = {}) {
  const { MikroORM } = await import('@mikro-orm/core');
  const { default: settings } = await import(inRoot('dist/apps/api/src/mikro-orm.config.js'));
  const options = await settings();
  const opened = await MikroORM.init({ ...options, migrations: { ...options.migrations, ...more } });
  return { orm: opened, pglite: options.driverOptions.pglite };
}

async function create() {
  const { orm: entities } = await orm();
  const { fileName } = await entities.migrator.create(undefined, false, false, name);
  await entities.close(true);
  if (!fileName) {
    console.log('The entities describe what the migrations make: nothing to write.');
    return;
  }
  spawnSync(projectNode, [inRoot('node_modules/prettier/bin/prettier.cjs'), '--write', inRoot('libs/platform/src/migrations')]);
  console.log(`Wrote libs/platform/src/migrations/${fileName}. Add it to index.ts there.`);
}

const CATALOGUE = `
  select concat_ws(' ', 'column', table_schema, table_name, column_name, data_type, is_nullable, column_default) as line
    from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
  union all select concat_ws(' ', 'index', schemaname, indexdef) from pg_indexes where schemaname <> 'pg_catalog'
  union all select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint where conrelid <> 0
  union all select concat_ws(' ', 'policy', schemaname, tablename, policyname, permissive, array(select unnest(roles) order by 1), cmd, qual, with_check) from pg_policies
  union all select concat_ws(' ', 'row level security', oid::regclass, relrowsecurity, relforcerowsecurity) from pg_class where relkind in ('r', 'p')
  order by 1`;

const catalogueOf = async (pglite) => (await pglite.query(CATALOGUE)).rows.map(({ line }) => line);

/**
 * What running the schema difference would really change. The ORM lists policies for several roles as different each
 * time, so its answer counts only where the database's own catalogue changes by it.
 */
async function differences() {
  const { orm: migrated, pglite } = await orm({ snapshot: false });
  await migrated.migrator.up();
  const statements = await migrated.schema.getUpdateSchemaSQL({ wrap: false, safe: false, dropTables: false });
  const before = await catalogueOf(pglite);
  if (statements.trim()) await pglite.exec(statements);
  const after = await catalogueOf(pglite);
  await migrated.close(true);
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `  only in the migrations: ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `  only in the entities:   ${line}`),
  ];
}

async function check() {
  const problems = [];
  const { orm: snapshot } = await orm();
  if (await snapshot.migrator.checkSchema()) {
    problems.push('The entities changed since the last migration. Run `npm run migration:create -- name`.');
  }
  await snapshot.close(true);
  const found = await differences();
  if (found.length > 0) problems.push('The migrations do not make what the entities describe:', ...found);
  console.log(problems.length === 0 ? 'Migrations and entities agree.' : problems.join('\n'));
  if (problems.length > 0) process.exitCode = 1;
}

const commands = { 'migration:create': create, 'migration:check': check };

if (!Object.hasOwn(commands, command)) {
  console.error(`Usage: mikro-orm.mjs ${Object.keys(commands).join(' | ')}`);
  process.exitCode = 1;
} else if (Number(process.versions.node.split('.')[0]) < 24) {
  await install(console.log);
  process.exitCode = spawnSync(projectNode, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1;
} else {
  await build(['server']);
  await commands[command]();
}
