import { Inject } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { Origins, SessionsService, assertFinished, sessionTokenOf } from '@sotto/access';
import { ConversationsService, EventReader } from '@sotto/conversations';
import { AppError, type MemberActor } from '@sotto/kernel';
import { CONFIG, clientAddress, type Config } from '@sotto/platform';
import { NAMESPACES } from '@sotto/protocol';
import { Audiences } from './audiences.js';
import { Connections } from './connections.js';
import { ConversationGateway, type EndOfSession } from './conversation.gateway.js';
import { InFlight } from './in-flight.js';
import { RequestGate } from './request.gate.js';
import type { LiveSocket } from './sockets.js';

/** Sockets of the panel. They carry the session cookie, so the page's origin is checked like a request's. */
@WebSocketGateway({ namespace: NAMESPACES.agent })
export class AgentGateway extends ConversationGateway {
  protected readonly side = 'agent';
  protected readonly events: ReadonlySet<string> = new Set(['message.send', 'resume', 'typing', 'read']);

  constructor(
    conversations: ConversationsService,
    reader: EventReader,
    private readonly members: SessionsService,
    inFlight: InFlight,
    connections: Connections,
    @Inject(CONFIG) private readonly config: Config,
    private readonly origins: Origins,
    private readonly gate: RequestGate,
    private readonly audiences: Audiences,
  ) {
    super(conversations, reader, members, inFlight, connections);
  }

  protected async authenticate(socket: LiveSocket): Promise<MemberActor> {
    const { headers } = socket.handshake;
    this.origins.assertOwnSocket(headers);
    const token = sessionTokenOf(this.config, headers.cookie);
    if (!token) throw new AppError('auth.required');
    socket.data.address = clientAddress(this.config, socket.request);
    const addresses = new Set([socket.data.address, ...this.gate.earlyAddressesOf(socket)]);
    const [session] = await Promise.all([...addresses].map((address) => this.members.resolve(token, address)));
    if (!session) throw new AppError('auth.required');
    assertFinished(session.actor);
    socket.data.teamIds = await this.audiences.teamsOf(session.actor.accountId, session.actor.memberId);
    return session.actor;
  }

  override handleConnection(socket: LiveSocket): void {
    super.handleConnection(socket);
    // A team may have changed between reading the teams and entering their rooms.
    void this.audiences.refresh(socket.data.actor.accountId, [socket]);
  }

  protected async endOf(socket: LiveSocket): Promise<EndOfSession> {
    const { accountId, sessionId } = socket.data.actor;
    const addresses = new Set([socket.data.address, ...this.gate.earlyAddressesOf(socket)]);
    const reasons = await this.members.endings(
      accountId,
      [...addresses].map((address) => ({ sessionId, address })),
    );
    const reason = reasons.find((found) => found !== null) ?? null;
    return reason === 'expired' ? 'logged-out' : reason;
  }
}
