import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection, type OnGatewayInit } from '@nestjs/websockets';
import { Origins, SessionsService, sessionTokenOf } from '@sotto/access';
import { ConversationReader, ConversationsService } from '@sotto/conversations';
import { AppError, type MemberActor } from '@sotto/kernel';
import { CONFIG, type Config } from '@sotto/platform';
import { NAMESPACES } from '@sotto/protocol';
import { Connections } from './connections.js';
import { ConversationGateway } from './conversation.gateway.js';
import { InFlight } from './in-flight.js';
import { refusal, refuseUnknownEvents, type LiveNamespace, type LiveSocket } from './sockets.js';

const EVENTS = new Set(['message.send', 'resume', 'typing', 'read']);

/** Sockets of the panel. They carry the session cookie, so the page's origin is checked like a request's. */
@WebSocketGateway({ namespace: NAMESPACES.agent })
export class AgentGateway extends ConversationGateway implements OnGatewayInit<LiveNamespace>, OnGatewayConnection<LiveSocket> {
  constructor(
    conversations: ConversationsService,
    reader: ConversationReader,
    private readonly members: SessionsService,
    inFlight: InFlight,
    @Inject(CONFIG) private readonly config: Config,
    private readonly origins: Origins,
    private readonly connections: Connections,
  ) {
    super(conversations, reader, members, inFlight);
  }

  afterInit(namespace: LiveNamespace): void {
    this.connections.serve('agent', namespace);
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

  /** A session that ended between letting the socket in and its joining was announced to nobody. */
  private lookAgain(socket: LiveSocket): void {
    const { accountId, sessionId } = socket.data.actor;
    this.members.alive(accountId, [sessionId]).then(
      (alive) => {
        if (!alive.has(sessionId)) this.connections.close(socket, 'logged-out');
      },
      // The heartbeat looks at every session again each minute.
      () => undefined,
    );
  }

  private async authenticate(socket: LiveSocket): Promise<MemberActor> {
    const { headers } = socket.handshake;
    this.origins.assertOwnSocket(headers);
    const token = sessionTokenOf(this.config, headers.cookie);
    const session = token ? await this.members.resolve(token) : null;
    if (!session) throw new AppError('auth.required');
    return session.actor;
  }
}
