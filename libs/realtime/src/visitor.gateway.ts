import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SessionsService, VisitorSessions } from '@sotto/access';
import { ConversationsService, EventReader } from '@sotto/conversations';
import { WidgetService } from '@sotto/inboxes';
import { AppError, type VisitorActor } from '@sotto/kernel';
import { Allow, CurrentActor } from '@sotto/platform';
import { ConversationStart, NAMESPACES } from '@sotto/protocol';
import { Connections } from './connections.js';
import { ConversationGateway, type EndOfSession } from './conversation.gateway.js';
import { InFlight } from './in-flight.js';
import type { LiveSocket } from './sockets.js';

/** Sockets of the widget. Nobody gets one without consent to the policy that counts now. */
@WebSocketGateway({ namespace: NAMESPACES.visitor })
export class VisitorGateway extends ConversationGateway {
  protected readonly side = 'visitor';
  protected readonly events: ReadonlySet<string> = new Set(['conversation.start', 'message.send', 'resume', 'typing', 'read']);

  constructor(
    conversations: ConversationsService,
    reader: EventReader,
    sessions: SessionsService,
    inFlight: InFlight,
    connections: Connections,
    private readonly visitors: VisitorSessions,
    private readonly widget: WidgetService,
  ) {
    super(conversations, reader, sessions, inFlight, connections);
  }

  @SubscribeMessage('conversation.start')
  @Allow('conversation.reply')
  async start(@CurrentActor() actor: VisitorActor, @MessageBody({ schema: ConversationStart }) input: ConversationStart) {
    return { ok: true, ...(await this.inFlight.run(() => this.conversations.start(actor, input))) };
  }

  protected async authenticate(socket: LiveSocket): Promise<VisitorActor> {
    const { auth, headers } = socket.handshake;
    socket.data.address = '';
    const token: unknown = auth.token;
    if (typeof token !== 'string' || !VisitorSessions.isToken(token)) throw new AppError('consent.required');
    const actor = await this.visitors.require(token);
    if (headers.origin !== undefined && !(await this.widget.isAllowedFor(actor, headers.origin))) throw new AppError('origin.refused');
    return actor;
  }

  protected async endOf({
    data: {
      actor: { accountId, sessionId },
    },
  }: LiveSocket): Promise<EndOfSession> {
    const standing = (await this.visitors.standings(accountId, [sessionId])).get(sessionId);
    if (standing === 'ok') return null;
    return standing === 'consent.stale' ? 'consent.stale' : 'consent.withdrawn';
  }
}
