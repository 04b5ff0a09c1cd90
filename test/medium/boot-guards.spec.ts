import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Test } from '@nestjs/testing';
import type { PGlite } from '@electric-sql/pglite';
import { MikroORM } from '@mikro-orm/core';
import { Handler, STORES, createPglite, StoreGuard, storeProblems, type JobHandler, type Orm, type Store } from '@sotto/platform';
import { lockDataDirectory } from '@sotto/kernel';
import { NAMESPACES } from '@sotto/protocol';
import { ApiModule } from '../../apps/api/src/api.module.js';
import { JsonLogger } from '../../apps/api/src/logger.js';
import { stores } from '../../apps/api/src/stores.js';
import { aDesk, type Desk } from '../support/desk.js';
import { removeFolder, temporaryFolder } from '../support/processes.js';

let desk: Desk;
let orm: Orm;
/** What every refused start begins with: migrated by the first, so that the others are quick. */
let pglite: PGlite;
beforeAll(async () => {
  pglite = await createPglite();
  desk = await aDesk();
  orm = desk.app.get<Orm>(MikroORM, { strict: false });
});
afterAll(async () => {
  await desk.close();
  await pglite.close();
});

@Controller('careless')
class CarelessController {
  @Get()
  tellsEverything() {
    return 'everything';
  }
}

@WebSocketGateway({ namespace: NAMESPACES.agent })
class CarelessGateway {
  @SubscribeMessage('careless')
  tellsEverything() {
    return 'everything';
  }
}

const handler = (name: string) => {
  @Handler()
  class Extra implements JobHandler {
    readonly job = name;
    handle() {
      return Promise.resolve();
    }
  }
  return Extra;
};

const OverdueAgain = handler('conversation.overdue');

/** Starts the real application with something added; answers why it refused. */
async function refusal(extra: {
  controllers?: (typeof CarelessController)[];
  providers?: (new () => object)[];
  stores?: readonly Store[];
}): Promise<string> {
  @Module({ controllers: extra.controllers ?? [], providers: extra.providers ?? [] })
  class ExtraModule {}
  const config = { ...desk.config, databaseUrl: undefined, redisUrl: undefined, dataDirectory: temporaryFolder('refusal') };
  const building = Test.createTestingModule({ imports: [ApiModule.with({ config, location: { pglite } }), ExtraModule] }).setLogger(
    new JsonLogger('silent'),
  );
  if (extra.stores) building.overrideProvider(STORES).useValue(extra.stores);
  const app = (await building.compile()).createNestApplication();
  try {
    await app.init();
    return 'It started';
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  } finally {
    await app.close();
    removeFolder(config.dataDirectory);
  }
}

describe('the start stops', () => {
  it('not without a reason', async () => {
    expect(await refusal({})).toBe('It started');
  });

  it('when nothing says who may use a route or an event', async () => {
    const why = await refusal({ controllers: [CarelessController], providers: [CarelessGateway] });
    expect(why).toContain('no permission is declared for CarelessController.tellsEverything, CarelessGateway.tellsEverything');
  });

  it('when a job has two handlers', async () => {
    expect(await refusal({ providers: [OverdueAgain] })).toContain('Job conversation.overdue has two handlers');
  });

  it('when a job has no handler', async () => {
    const [first, ...rest] = stores;
    const more = [{ ...(first as Store), jobs: ['person.forgotten'] }, ...rest];
    expect(await refusal({ stores: more })).toContain('Job person.forgotten has no handler');
  });
});

describe('the guard of the tables finds', () => {
  const withoutConversations = ['mail', 'audit', 'accounts', 'access', 'contacts', 'screening'];
  const erasers = new Set(stores.map(({ name }) => name));
  /** The stores with one of them changed. */
  const changed = (name: string, change: (store: Store) => Partial<Store>) =>
    stores.map((store) => (store.name === name ? { ...store, ...change(store) } : store));
  const record = (store: Store, table: string) => store.dataMap[table] as Store['dataMap'][string];

  it('nothing wrong as it is', () => {
    expect(storeProblems(stores, orm, new Set([...withoutConversations, 'conversations']))).toEqual([]);
  });

  it('a table that is not in the data map', () => {
    const without = changed('contacts', () => ({ dataMap: {} }));
    expect(storeProblems(without, orm, erasers)).toEqual(['Table contact has no entry in the data map of contacts']);
  });

  it('a column that is not classified', () => {
    const without = changed('contacts', (store) => {
      const { emailSealed: _, ...columns } = record(store, 'contact').columns;
      return { dataMap: { contact: { ...record(store, 'contact'), columns } } };
    });
    expect(storeProblems(without, orm, erasers)).toEqual(['Column contact.emailSealed is not classified in the data map of contacts']);
  });

  it('an entry for a column that is not there', () => {
    const more = changed('contacts', (store) => {
      const columns = { ...record(store, 'contact').columns, shoeSize: 'personal' as const };
      return { dataMap: { contact: { ...record(store, 'contact'), columns } } };
    });
    expect(storeProblems(more, orm, erasers)).toEqual(['The data map of contacts names contact.shoeSize, which does not exist']);
  });

  it('personal data nobody erases', () => {
    const problems = storeProblems(stores, orm, new Set(withoutConversations));
    expect(problems).toEqual(['Table message holds personal data, but conversations has no eraser']);
  });

  it('a person in a table of the installation', () => {
    const more = changed('accounts', (store) => ({
      dataMap: {
        ...store.dataMap,
        setup_code: { ...record(store, 'setup_code'), columns: { codeHash: 'personal', expiresAt: 'none', createdAt: 'none' } },
      },
    }));
    expect(storeProblems(more, orm, erasers)).toEqual(['Table setup_code belongs to no account and may not hold personal data']);
  });

  it('a table whose metadata forces no row level security', () => {
    const meta = orm.getMetadata().get(stores.find(({ name }) => name === 'contacts')?.entities[0]?.meta.class ?? Object);
    const before = meta.rowLevelSecurity;
    meta.rowLevelSecurity = true;
    const problems = storeProblems(stores, orm, erasers);
    meta.rowLevelSecurity = before;
    expect(problems).toEqual(['Table contact does not force row level security']);
  });

  it.each([
    ['no row level security', 'create table stray (id uuid)', 'stray'],
    [
      'row level security that is not forced',
      'create table stray (id uuid); alter table stray enable row level security; create policy stray on stray using (true)',
      'stray',
    ],
    [
      'no policy',
      'create table stray (id uuid); alter table stray enable row level security; alter table stray force row level security',
      'stray',
    ],
    ['no policy, in the vault', 'create table vault.stray (id uuid)', 'vault.stray'],
    ['parts, and no policy', 'create table stray (id uuid) partition by hash (id)', 'stray'],
  ])('a table in the database with %s', async (_, sql, name) => {
    const guard = desk.app.get(StoreGuard, { strict: false });
    await expect(guard.onApplicationBootstrap()).resolves.toBeUndefined();
    for (const one of sql.split('; ')) await desk.sql(one);
    const why = await guard.onApplicationBootstrap().then(
      () => 'nothing',
      (error: Error) => error.message,
    );
    await desk.sql(`drop table ${name}`);
    expect(why).toBe('Sotto will not start:\nTable stray has no forced row level security policy in the database');
  });
});

describe('a data directory', () => {
  it('is held by one at a time, and free again after', () => {
    const folder = temporaryFolder('lock');
    const first = lockDataDirectory(folder);
    expect(() => lockDataDirectory(folder)).toThrow(`Another Sotto is already running on ${folder}`);
    first.release();
    lockDataDirectory(folder).release();
    removeFolder(folder);
  });
});
