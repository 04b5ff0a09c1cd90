import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { SessionsService } from '@sotto/access';
import { AppError } from '@sotto/kernel';
import { CONFIG, clientAddress, toAppError, toProblem, type Config } from '@sotto/platform';
import type { Server } from 'socket.io';
import { Connections } from './connections.js';
import type { LiveSocket } from './sockets.js';

type Engine = Server['engine'];
type EngineConnection = LiveSocket['conn'];
/** engine.io has read the query before it asks; of a parameter given twice it takes the last. */
type EngineRequest = IncomingMessage & { _query: Partial<Record<string, string>> };

/**
 * Looks at every HTTP request of a connection that is open already. A client that polls, or goes over to a websocket, makes
 * many, and may have moved out of the allowlist since the first.
 */
@Injectable()
export class RequestGate {
  /** Where requests came from before it was known whose connection it is. */
  private readonly early = new WeakMap<EngineConnection, Set<string>>();

  constructor(
    private readonly connections: Connections,
    private readonly sessions: SessionsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Puts the gate in front of a server's requests. */
  guard(engine: Engine): void {
    engine.use((request: EngineRequest, response: ServerResponse, next: () => void) => {
      this.check(engine, request).then(
        () => {
          // Whoever hung up meanwhile would be taken for somebody who waits for an answer.
          if (!request.socket.destroyed) next();
        },
        (error: unknown) => refuse(response, error),
      );
    });
  }

  /** Where else a connection was used from until somebody signed in on it: its handshake tells only of the first request. */
  earlyAddressesOf(socket: LiveSocket): string[] {
    return [...(this.early.get(socket.conn) ?? [])];
  }

  private async check(engine: Engine, request: EngineRequest): Promise<void> {
    const { sid } = request._query;
    if (!sid) return;
    const address = clientAddress(this.config, request);
    const socket = this.connections.agentOn(sid);
    if (!socket) return this.note(engine, sid, address);
    const { accountId, sessionId } = socket.data.actor;
    const [reason] = await this.sessions.endings(accountId, [{ sessionId, address }]);
    if (reason === 'address-refused') {
      this.connections.cut(socket);
      throw new AppError('address.refused');
    }
    if (!reason) socket.data.address = address;
    // The last words go out with this very request.
    else if (socket.connected) this.connections.close(socket, reason);
  }

  /** A visitor may be anywhere: their connection has forgotten its handshake once they are in, and nothing more is noted. */
  private note(engine: Engine, sid: string, address: string): void {
    const { clients } = engine as unknown as { clients: Record<string, EngineConnection> };
    const connection = Object.hasOwn(clients, sid) ? clients[sid] : undefined;
    if (!(connection as { request: unknown } | undefined)?.request) return;
    const key = connection as EngineConnection;
    this.early.set(key, (this.early.get(key) ?? new Set()).add(address));
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const problem = toProblem(toAppError(error));
  response.statusCode = problem.status;
  response.setHeader('content-type', 'application/problem+json');
  // To an upgrade nothing can be answered; its connection ends.
  response.end(JSON.stringify(problem));
}
