import { MessageBody, SubscribeMessage, WebSocketGateway, type OnGatewayConnection, type OnGatewayInit } from '@nestjs/websockets';
import { SessionsService, VisitorSessions } from '@sotto/access';
import { ConversationReader, ConversationsService } from '@sotto/conversations';
import { WidgetService } from '@sotto/inboxes';
import { AppError, type VisitorActor } from '@sotto/kernel';
import { Allow, CurrentActor } from '@sotto/platform';
import { ConversationStart, NAMESPACES } from '@sotto/protocol';
import { Connections } from './connections.js';
import { ConversationGateway } from './conversation.gateway.js';
import { InFlight } from './in-flight.js';
import { refusal, refuseUnknownEvents, type LiveNamespace, type LiveSocket } from './sockets.js';

const EVENTS = new Set(['conversation.start', 'message.send', 'resume', 'typing', 'read']);

/** Sockets of the widget. Nobody gets one without consent to the policy that counts now. */
@WebSocketGateway({ namespace: NAMESPACES.visitor })
export class VisitorGateway extends ConversationGateway implements OnGatewayInit<LiveNamespace>, OnGatewayConnection<LiveSocket> {
  constructor(
    conversations: ConversationsService,
    reader: ConversationReader,
    sessions: SessionsService,
    inFlight: InFlight,
    private readonly visitors: VisitorSessions,
    private readonly widget: WidgetService,
    private readonly connections: Connections,
  ) {
    super(conversations, reader, sessions, inFlight);
  }

  afterInit(namespace: LiveNamespace): void {
    this.connections.serve('visitor', namespace);
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
    refuseUnknownEvents(socket, EVENTS);
    this.connections.joined(socket);
    this.lookAgain(socket);
  }

  /** Consent that ended between letting the socket in and its joining was announced to nobody. */
  private lookAgain(socket: LiveSocket): void {
    const { accountId, sessionId } = socket.data.actor;
    this.visitors.standings(accountId, [sessionId]).then(
      (standings) => {
        const standing = standings.get(sessionId);
        if (standing !== 'ok') this.connections.close(socket, standing === 'consent.stale' ? 'consent.stale' : 'consent.withdrawn');
      },
      // The heartbeat looks at every session again each minute.
      () => undefined,
    );
  }

  @SubscribeMessage('conversation.start')
  @Allow('conversation.reply')
  async start(@CurrentActor() actor: VisitorActor, @MessageBody({ schema: ConversationStart }) input: ConversationStart) {
    return { ok: true, ...(await this.inFlight.run(() => this.conversations.start(actor, input))) };
  }

  private async authenticate(socket: LiveSocket): Promise<VisitorActor> {
    const { auth, headers } = socket.handshake;
    const token: unknown = auth.token;
    if (typeof token !== 'string' || !VisitorSessions.isToken(token)) throw new AppError('consent.required');
    const actor = await this.visitors.require(token);
    if (headers.origin !== undefined && !(await this.widget.isAllowedFor(actor, headers.origin))) throw new AppError('origin.refused');
    return actor;
  }
}
