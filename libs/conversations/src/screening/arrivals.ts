import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ContactsService } from '@sotto/contacts';
import type { Suspicion } from '@sotto/kernel';
import { Database, Jobs, query, type Tx } from '@sotto/platform';
import type { Channel } from '@sotto/protocol';
import { ScreeningService, type ScoreAnswer, type Screened } from '@sotto/screening';
import { lock } from '../activity.js';
import { EventLog } from '../event-log.js';
import type { Append } from '../message-writer.js';
import { FirstWords } from './first-words.js';

/** Those a first message is shown to wait for its verdict at most so long; then it is shown as it is. In milliseconds. */
const SHOWN_WITHIN = 250;
/** A conversation that nobody screened, since the server went down between, is looked at after this. In seconds. */
const LEFT_OVER_AFTER = 5;
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
  scored: Promise<ScoreAnswer | null> | null;
}

/** Screens what comes in: a conversation's first message, and what its visitor adds before anybody has answered. */
@Injectable()
export class Arrivals {
  private readonly log = new Logger('Screening');
  /** Conversations delivered on the filter's word. */
  private readonly watched = new LRUCache<string, Watch>({ max: WATCHED });

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
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
    // Without an answer the message is shown, and the job looks at it.
    return { accountId, scored: this.screening.score(accountId, message).catch(() => null) };
  }

  /** In the transaction that begins a conversation: sees to it that it is screened whatever happens. */
  enqueue(tx: Tx, accountId: string, conversationId: string): Promise<void> {
    return this.jobs.enqueue(tx, 'conversation.screen', { accountId, conversationId }, { startAfterSeconds: LEFT_OVER_AFTER });
  }

  /** A conversation has begun. Shows it once it has its verdict, or without if that takes too long. Never fails. */
  async arrived({ accountId, scored }: Arriving, conversationId: string, show: () => void): Promise<void> {
    const timer = setTimeout(show, SHOWN_WITHIN);
    try {
      const answer = scored ? await scored : await this.readStored(accountId, conversationId);
      if (answer) await this.settle(accountId, conversationId, answer);
    } catch (error) {
      this.log.warn(`Conversation ${conversationId} is screened later: ${error instanceof Error ? error.constructor.name : 'unknown'}`);
    } finally {
      clearTimeout(timer);
      show();
    }
  }

  /** The job: screens a conversation that was not, for example because the server was killed between. */
  async screenLeftOver(accountId: string, conversationId: string): Promise<void> {
    const left = await this.database.in(accountId, (tx) =>
      query(tx, 'select 1 from conversation where id = $1 and verdict is null', [conversationId]),
    );
    if (left.length === 0) return;
    const answer = await this.readStored(accountId, conversationId);
    if (answer) await this.settle(accountId, conversationId, answer);
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
        this.log.warn(
          `What was added to ${conversationId} was not screened: ${error instanceof Error ? error.constructor.name : 'unknown'}`,
        ),
      );
    }, READ_AGAIN_AFTER).unref();
  }

  /** Nobody needs to read on: a member has judged the conversation. */
  judged(conversationId: string): void {
    this.watched.delete(conversationId);
  }

  private async readStored(accountId: string, conversationId: string): Promise<ScoreAnswer | null> {
    const found = await this.database.in(accountId, (tx) => this.words.of(tx, accountId, conversationId));
    return found?.verdict === null ? this.screening.score(accountId, found.message) : null;
  }

  private async readAgain(accountId: string, conversationId: string): Promise<void> {
    const found = await this.database.in(accountId, (tx) => this.words.of(tx, accountId, conversationId));
    if (!found || found.by !== 'filter' || found.answered || found.verdict === 'spam') return;
    const answer = await this.screening.score(accountId, found.message);
    await this.database.in(accountId, async (tx) => {
      const screened = await this.screening.decide(tx, { accountId, trust: {}, email: found.email }, answer);
      // Before the lock: most of what is added changes nothing, and its conversation is busy.
      if (screened.verdict !== 'spam') return;
      const conversation = await lock(tx, conversationId);
      if (conversation.status === 'open' && conversation.verdictBy === 'filter') await this.apply(tx, conversation, screened);
    });
  }

  private async settle(accountId: string, conversationId: string, answer: ScoreAnswer): Promise<void> {
    await this.database.in(accountId, async (tx) => {
      const conversation = await lock(tx, conversationId);
      if (conversation.verdict !== null) return;
      const { contactId } = conversation;
      const email = (await this.contacts.views(tx, accountId, [contactId])).get(contactId)?.email;
      const held = conversation.suspicion === 'blocked' ? 'block' : conversation.suspicion === 'trap' ? 'flood' : null;
      const trust = { knownContact: await this.words.isKnownContact(tx, contactId, conversationId) };
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
