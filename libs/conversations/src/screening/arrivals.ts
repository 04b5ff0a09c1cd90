import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ContactsService } from '@sotto/contacts';
import type { Suspicion } from '@sotto/kernel';
import { Database, query, type Tx } from '@sotto/platform';
import type { Channel } from '@sotto/protocol';
import { ScreeningService, type ScoreAnswer, type Screened } from '@sotto/screening';
import { lock } from '../activity.js';
import { EventLog } from '../event-log.js';
import type { Append } from '../message-writer.js';
import { FirstWords } from './first-words.js';

/** Those a first message is shown to wait for its verdict at most so long; then it is shown as it is. In milliseconds. */
const SHOWN_WITHIN = 250;
/** What could not be screened is looked at again after this. In milliseconds. */
const AGAIN_AFTER = 5_000;
/** Whoever screens a conversation is done with it after this, or will never be. In seconds. */
const LEFT_OVER_AFTER = 1;
/** What nobody screened for longer is too old to be taken away from those who work on it. In hours. */
const LEFT_OVER_FOR = 24;
/** Of an account, in one sweep. */
const LEFT_OVER_AT_ONCE = 1_000;
/** Conversations watched for what their visitor adds before anybody answers, and how many messages of each. */
const WATCHED = 20_000;
const WATCHED_MESSAGES = 10;
/** What is added is read so much later, with whatever came meanwhile: people send several lines at once. In milliseconds. */
const READ_AGAIN_AFTER = 500;

interface Watch {
  /** How many more messages are read. */
  left: number;
  /** Whether they are about to be. */
  due: boolean;
}

/** A message that is being read. */
export interface Arriving {
  accountId: string;
  /** Null where more has to be known than its text: then it is read once it is stored. */
  scored: Promise<ScoreAnswer> | null;
}

/** Screens what comes in: a conversation's first message, and what its visitor adds before anybody has answered. */
@Injectable()
export class Arrivals {
  private readonly log = new Logger('Screening');
  /** Conversations delivered on the filter's word. */
  private readonly watched = new LRUCache<string, Watch>({ max: WATCHED });

  constructor(
    private readonly database: Database,
    private readonly screening: ScreeningService,
    private readonly contacts: ContactsService,
    private readonly events: EventLog,
    private readonly words: FirstWords,
  ) {}

  /** Begins to read a message that is on its way into the database. */
  begin(of: { accountId: string; channel: Channel; suspicion: Suspicion | null; message: { body: string } }): Arriving {
    const { accountId, channel, suspicion } = of;
    if (channel !== 'web') return { accountId, scored: null };
    const message = this.words.message({ text: of.message.body, channel, suspicion, email: null });
    const scored = this.screening.score(accountId, message);
    // Whoever waits for it hears of it; the message may be refused before.
    scored.catch(() => undefined);
    return { accountId, scored };
  }

  /** A conversation has begun. Shows it once it has its verdict, or without if that takes too long. Never fails. */
  async arrived({ accountId, scored }: Arriving, conversationId: string, show: () => void): Promise<void> {
    const timer = setTimeout(show, SHOWN_WITHIN);
    try {
      if (!scored) await this.screenStored(accountId, conversationId);
      else await this.settle(accountId, conversationId, await scored);
    } catch (error) {
      this.notYet(conversationId, error);
      this.tryAgain(accountId, conversationId);
    } finally {
      clearTimeout(timer);
      show();
    }
  }

  /** Screens an account's conversations that nobody did, for example because the server was killed between. */
  async screenLeftOver(accountId: string): Promise<void> {
    const left = await this.database.in(accountId, (tx) =>
      query<{ id: string }>(
        tx,
        `select id from conversation
          where account_id = $1 and verdict is null and created_at between now() - $2 * interval '1 hour' and now() - $3 * interval '1 second'
          order by created_at limit $4`,
        [accountId, LEFT_OVER_FOR, LEFT_OVER_AFTER, LEFT_OVER_AT_ONCE],
      ),
    );
    for (const { id } of left) await this.screenStored(accountId, id).catch((error: unknown) => this.notYet(id, error));
  }

  /** A message was added: what a visitor writes before anybody answered is read together with what came before. */
  continued({ accountId, conversationId, author, kind }: Append): void {
    const watch = this.watched.get(conversationId);
    if (!watch) return;
    if (author.kind === 'member') {
      if (kind === 'message') this.watched.delete(conversationId);
      return;
    }
    watch.left--;
    if (watch.left === 0) this.watched.delete(conversationId);
    if (watch.due) return;
    watch.due = true;
    setTimeout(() => {
      watch.due = false;
      this.readAgain(accountId, conversationId).catch((error: unknown) =>
        this.log.warn(`What was added to ${conversationId} was not screened: ${nameOf(error)}`),
      );
    }, READ_AGAIN_AFTER).unref();
  }

  /** Nobody needs to read on: a member has judged the conversation. */
  judged(conversationId: string): void {
    this.watched.delete(conversationId);
  }

  private tryAgain(accountId: string, conversationId: string): void {
    const again = () => this.screenStored(accountId, conversationId).catch((error: unknown) => this.notYet(conversationId, error));
    setTimeout(() => void again(), AGAIN_AFTER).unref();
  }

  private notYet(conversationId: string, error: unknown): void {
    this.log.warn(`Conversation ${conversationId} is screened later: ${nameOf(error)}`);
  }

  private async screenStored(accountId: string, conversationId: string): Promise<void> {
    const found = await this.database.in(accountId, (tx) => this.words.of(tx, accountId, conversationId));
    if (found?.verdict !== null) return;
    await this.settle(accountId, conversationId, await this.screening.score(accountId, found.message), found.answered);
  }

  private async readAgain(accountId: string, conversationId: string): Promise<void> {
    const found = await this.database.in(accountId, async (tx) => {
      const words = await this.words.of(tx, accountId, conversationId);
      if (!words || words.by !== 'filter' || words.answered || words.verdict === 'spam') return null;
      return { ...words, rules: await this.screening.rules(tx, { accountId, trust: {}, email: words.email }) };
    });
    if (!found) return;
    // Before the lock: most of what is added changes nothing, and its conversation is busy.
    const screened = found.rules(await this.screening.score(accountId, found.message));
    if (screened.verdict !== 'spam') return;
    await this.database.in(accountId, async (tx) => {
      const conversation = await lock(tx, conversationId);
      if (conversation.status === 'open' && conversation.verdictBy === 'filter') await this.apply(tx, conversation, screened);
    });
  }

  private async settle(accountId: string, conversationId: string, answer: ScoreAnswer, answered = false): Promise<void> {
    await this.database.in(accountId, async (tx) => {
      const conversation = await lock(tx, conversationId);
      if (conversation.verdict !== null) return;
      const { contactId } = conversation;
      const email = (await this.contacts.views(tx, accountId, [contactId])).get(contactId)?.email;
      const held = conversation.suspicion === 'blocked' ? 'block' : conversation.suspicion === 'trap' ? 'flood' : null;
      const trust = { knownContact: answered || (await this.words.isKnownContact(tx, contactId, conversationId)) };
      const screened = await this.screening.decide(tx, { accountId, trust, email, held }, answer);
      await this.apply(tx, conversation, screened);
      if (screened.by === 'filter' && screened.verdict !== 'spam')
        this.database.afterCommit(tx, () => this.watched.set(conversationId, { left: WATCHED_MESSAGES, due: false }));
    });
  }

  private async apply(tx: Tx, conversation: Awaited<ReturnType<typeof lock>>, screened: Screened): Promise<void> {
    const { id: conversationId, accountId, contactId } = conversation;
    await this.screening.record(tx, { accountId, conversationId, contactId }, screened);
    if (screened.verdict !== 'ham') return this.events.screen(tx, conversation, screened, { kind: 'system', id: null });
    await query(tx, 'update conversation set verdict = $2, verdict_by = $3 where id = $1', [conversationId, screened.verdict, screened.by]);
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : 'unknown');
