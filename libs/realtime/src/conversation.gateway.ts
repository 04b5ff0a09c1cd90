import { UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { MessageBody, SubscribeMessage, type OnGatewayConnection, type OnGatewayInit } from '@nestjs/websockets';
import { AuthGuard, SessionsService } from '@sotto/access';
import { ConversationsService, EventReader } from '@sotto/conversations';
import type { Actor } from '@sotto/kernel';
import { Allow, CurrentActor, SchemaPipe } from '@sotto/platform';
import { MessageSend, Read, Resume, Typing, type CloseReason } from '@sotto/protocol';
import type { z } from 'zod';
import { AckFilter } from './ack.filter.js';
import { Connections, type Side } from './connections.js';
import { InFlight } from './in-flight.js';
import { refusal, refuseUnknownEvents, type LiveNamespace, type LiveSocket } from './sockets.js';

export type EndOfSession = z.infer<typeof CloseReason> | null;

/** Events of one conversation in one answer of `resume`; more are asked for again. */
const RESUME_LIMIT = 100;

/** What agents and visitors both may send. */
@UseGuards(AuthGuard)
@UsePipes(SchemaPipe)
@UseFilters(AckFilter)
export abstract class ConversationGateway implements OnGatewayInit<LiveNamespace>, OnGatewayConnection<LiveSocket> {
  protected abstract readonly side: Side;
  /** What this side may send; anything else is answered with `event.unknown`. */
  protected abstract readonly events: ReadonlySet<string>;

  protected constructor(
    protected readonly conversations: ConversationsService,
    private readonly reader: EventReader,
    private readonly sessions: SessionsService,
    protected readonly inFlight: InFlight,
    private readonly connections: Connections,
  ) {}

  /** Who opens a socket. Throws for whoever may not. */
  protected abstract authenticate(socket: LiveSocket): Promise<Actor>;
  /** Why the session is over, or null while it is good. */
  protected abstract endOf(socket: LiveSocket): Promise<EndOfSession>;

  afterInit(namespace: LiveNamespace): void {
    this.connections.serve(this.side, namespace);
    namespace.use((socket, next) => {
      this.authenticate(socket).then(
        (actor) => {
          socket.data.actor = actor;
          next();
        },
        (error: unknown) => next(refusal(error)),
      );
    });
  }

  handleConnection(socket: LiveSocket): void {
    refuseUnknownEvents(socket, this.events);
    this.connections.joined(socket);
    this.lookAgain(socket);
  }

  /** A session that ended between letting the socket in and its joining was announced to nobody. */
  private lookAgain(socket: LiveSocket): void {
    this.endOf(socket).then(
      (reason) => {
        if (reason) this.connections.close(socket, reason);
      },
      // The heartbeat looks at every session again each minute.
      () => undefined,
    );
  }

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
    await this.inFlight.run(() => this.conversations.typing(actor, input.conversationId, input.typing));
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
