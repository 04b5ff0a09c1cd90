import { UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { AuthGuard, SessionsService } from '@sotto/access';
import { ConversationReader, ConversationsService } from '@sotto/conversations';
import type { Actor } from '@sotto/kernel';
import { Allow, CurrentActor, SchemaPipe } from '@sotto/platform';
import { MessageSend, Read, Resume, Typing } from '@sotto/protocol';
import { AckFilter } from './ack.filter.js';
import { InFlight } from './in-flight.js';

/** Events of one conversation in one answer of `resume`; more are asked for again. */
const RESUME_LIMIT = 100;

/** What agents and visitors both may send. */
@UseGuards(AuthGuard)
@UsePipes(SchemaPipe)
@UseFilters(AckFilter)
export abstract class ConversationGateway {
  protected constructor(
    protected readonly conversations: ConversationsService,
    private readonly reader: ConversationReader,
    private readonly sessions: SessionsService,
    protected readonly inFlight: InFlight,
  ) {}

  @SubscribeMessage('message.send')
  @Allow('conversation.reply')
  async send(@CurrentActor() actor: Actor, @MessageBody({ schema: MessageSend }) { conversationId, ...message }: MessageSend) {
    await this.used(actor);
    return { ok: true, ...(await this.inFlight.run(() => this.conversations.send(actor, conversationId, message))) };
  }

  @SubscribeMessage('resume')
  @Allow('conversation.read')
  async resume(@CurrentActor() actor: Actor, @MessageBody({ schema: Resume }) input: Resume) {
    return { ok: true, conversations: await this.inFlight.run(() => this.reader.resume(actor, input.conversations, RESUME_LIMIT)) };
  }

  @SubscribeMessage('typing')
  @Allow('conversation.reply')
  async typing(@CurrentActor() actor: Actor, @MessageBody({ schema: Typing }) input: Typing) {
    await this.used(actor);
    await this.conversations.typing(actor, input.conversationId, input.typing);
    return { ok: true };
  }

  @SubscribeMessage('read')
  @Allow('conversation.read')
  async read(@CurrentActor() actor: Actor, @MessageBody({ schema: Read }) input: Read) {
    await this.used(actor);
    await this.inFlight.run(() => this.conversations.read(actor, input.conversationId, input.seq));
    return { ok: true };
  }

  /** Working over the socket keeps the session alive. */
  private async used(actor: Actor): Promise<void> {
    if (actor.kind === 'member') await this.sessions.touch(actor);
  }
}
