import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';
import { SetupService } from '@sotto/accounts';
import { Clock } from '@sotto/kernel';
import { Database, createPglite, readConfig, statement, type Config, type DatabaseLocation } from '@sotto/platform';
import type { InboxView, Me, VisitorSessionView, WidgetConfig } from '@sotto/protocol';
import { createApplication } from '../../apps/api/src/application.js';
import { freshDatabase, freshRedis } from './database.js';
import { Member, PASSWORD, Visitor, sessionCookieOf, type Caller } from './people.js';
import { codeFor } from './second-factor.js';

export { PASSWORD };

/** A clock that tests can move. */
export class MovableClock extends Clock {
  private offset = 0;
  now(): Date {
    return new Date(Date.now() + this.offset);
  }
  advance(milliseconds: number): void {
    this.offset += milliseconds;
  }
}

export interface DeskOptions {
  env?: Record<string, string>;
  /** Another node on the same database and Redis. */
  beside?: Desk;
}

/** A running application in this process with one account, and the people around it. */
export class Desk {
  private readonly callers: Caller[] = [];

  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    readonly clock: MovableClock,
    readonly config: Config,
    private readonly location: DatabaseLocation,
    private readonly cleanups: (() => Promise<unknown>)[],
  ) {}

  owner!: Member;
  inbox!: InboxView;

  static async open(options: DeskOptions = {}): Promise<Desk> {
    const beside = options.beside;
    const cleanups: (() => Promise<unknown>)[] = [];
    const location = beside ? beside.location : await place(cleanups);
    const redis = beside ? null : await freshRedis();
    if (redis) cleanups.push(() => redis.stop());
    const masterKey = beside?.config.masterKey ?? randomBytes(32).toString('base64');
    const config = readConfig({
      SOTTO_LOG_LEVEL: process.env.SOTTO_TEST_LOG ?? 'silent',
      SOTTO_MASTER_KEY: masterKey,
      SOTTO_VISITOR_SESSIONS_PER_MINUTE: '10000',
      SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: '1000',
      SOTTO_PORT: '0',
      ...(redis ? { SOTTO_REDIS_URL: redis.url } : {}),
      ...(beside?.config.redisUrl ? { SOTTO_REDIS_URL: beside.config.redisUrl } : {}),
      ...options.env,
    });
    const clock = new MovableClock();
    const app = await createApplication({ config, clock, location });
    await app.listen(0, '127.0.0.1');
    config.port = ((app.getHttpServer() as Server).address() as AddressInfo).port;
    const desk = new Desk(app, `http://localhost:${config.port}`, clock, config, location, cleanups);
    if (!beside) await desk.makeAccount('Acme', 'owner@acme.test').then((account) => Object.assign(desk, account));
    return desk;
  }

  get database(): Database {
    return this.app.get(Database);
  }

  /** Runs SQL as the user the tables belong to, past every policy. */
  async sql<T extends object>(text: string, parameters: unknown[] = []): Promise<T[]> {
    return statement<T>(await this.database.nativeClient(), '', text, parameters);
  }

  /** A further account of this installation, with its owner and inbox. */
  async makeAccount(name: string, email: string): Promise<{ owner: Member; inbox: InboxView }> {
    const code = await this.app.get(SetupService).issueCode();
    const answer = await request(this.url)
      .post('/api/v1/setup')
      .send({ code, account: { name }, owner: { name: `Owner of ${name}`, email, password: PASSWORD } });
    if (answer.status !== 201) throw new Error(`Set-up failed: ${answer.text}`);
    const owner = await this.memberFrom(answer);
    const inboxes = await owner.get('/api/v1/inboxes');
    return { owner, inbox: (inboxes.body as { items: InboxView[] }).items[0] as InboxView };
  }

  /** All the way with the `secret` of an authenticator app; without, as far as the password goes. */
  async logsIn(email = 'owner@acme.test', password = PASSWORD, { secret }: { secret?: string } = {}): Promise<Member> {
    const answer = await request(this.url).post('/api/v1/auth/login').send({ email, password });
    if (answer.status !== 200) throw new Error(`Login failed: ${answer.text}`);
    const member = await this.memberFrom(answer);
    if (secret === undefined) return member;
    const finished = await member.post('/api/v1/auth/second-factor', { code: codeFor(secret, this.clock) });
    if (finished.status !== 200) throw new Error(`Second factor failed: ${finished.text}`);
    return member.take(finished);
  }

  /** A visitor who has agreed to the current policy. */
  async visitor(contact?: { name?: string; email?: string }, inbox: InboxView = this.inbox): Promise<Visitor> {
    const config = await request(this.url).get(`/widget/v1/inboxes/${inbox.key}`);
    const { policy } = config.body as WidgetConfig;
    const answer = await request(this.url)
      .post('/widget/v1/sessions')
      .send({
        inboxKey: inbox.key,
        consent: { policyId: policy.id, policyVersion: policy.version, purposes: ['support'] },
        ...(contact ? { contact } : {}),
      });
    if (answer.status !== 201) throw new Error(`Consent failed: ${answer.text}`);
    return this.keep(new Visitor(this.url, answer.body as VisitorSessionView));
  }

  keep<C extends Caller>(caller: C): C {
    this.callers.push(caller);
    return caller;
  }

  async close(): Promise<void> {
    for (const caller of this.callers) caller.close();
    await this.app.close();
    for (const cleanup of this.cleanups.reverse()) await cleanup();
  }

  /** Whose session an answer brought, however far their sign-in has come. */
  private async memberFrom(answer: request.Response): Promise<Member> {
    const cookie = sessionCookieOf(answer) ?? '';
    const { member, account } = answer.body as Partial<Me>;
    if (member && account) return this.keep(new Member(this.url, cookie, member.id, account.id));
    const hash = createHash('sha256')
      .update(cookie.slice(cookie.indexOf('=') + 1))
      .digest('base64url');
    const [session] = await this.sql<{ memberId: string; accountId: string }>(
      'select member_id as "memberId", account_id as "accountId" from session where token_hash = $1',
      [hash],
    );
    if (!session) throw new Error(`No session came of ${answer.text}`);
    return this.keep(new Member(this.url, cookie, session.memberId, session.accountId));
  }
}

export const aDesk = (options?: DeskOptions): Promise<Desk> => Desk.open(options);

async function place(cleanups: (() => Promise<unknown>)[]): Promise<DatabaseLocation> {
  const fresh = await freshDatabase();
  if (fresh) {
    cleanups.push(() => fresh.drop());
    return { url: fresh.url, pool: 10 };
  }
  const pglite = await createPglite();
  cleanups.push(() => pglite.close());
  return { pglite };
}
