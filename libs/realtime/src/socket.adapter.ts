import type { IncomingMessage, ServerResponse } from 'node:http';
import { Logger, type INestApplicationContext, type WsMessageHandler } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MAX_FRAME, SOCKET_PATH } from '@sotto/protocol';
import { firstValueFrom, type Observable } from 'rxjs';
import type { Server, ServerOptions, Socket } from 'socket.io';
import { RequestGate } from './request.gate.js';

/** A dead connection is noticed after 15 + 20 s at most. */
const PING_INTERVAL = 15_000;
const PING_TIMEOUT = 20_000;
const CONNECT_TIMEOUT = 10_000;

/** socket.io as Sotto runs it. */
export class SocketAdapter extends IoAdapter {
  private readonly log = new Logger('Sockets');

  constructor(private readonly app: INestApplicationContext) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, {
      ...options,
      path: SOCKET_PATH,
      serveClient: false,
      maxHttpBufferSize: MAX_FRAME,
      // Compression costs ten times the memory of an idle connection (docs/performance.md).
      perMessageDeflate: false,
      httpCompression: false,
      pingInterval: PING_INTERVAL,
      pingTimeout: PING_TIMEOUT,
      connectTimeout: CONNECT_TIMEOUT,
      transports: ['websocket', 'polling'],
      // connectionStateRecovery stays off: it would let a revoked client back in without asking.
    } as ServerOptions) as Server;
    // These answers pass by whatever sets headers for the others.
    server.engine.use((_request: IncomingMessage, response: ServerResponse, next: () => void) => {
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Cache-Control', 'no-store');
      next();
    });
    this.app.get(RequestGate, { strict: false }).guard(server.engine);
    // The default namespace is of no use to anybody.
    server.use((_socket, next) => next(new Error('Use /agent or /visitor')));
    return server;
  }

  /** As the base class does it, but without a stream for each event of each socket, which idle sockets pay for in memory. */
  override bindMessageHandlers(socket: Socket, handlers: WsMessageHandler[], transform: (data: unknown) => Observable<unknown>): void {
    for (const { message, callback } of handlers) {
      socket.on(message, (...received: unknown[]) => {
        const ack = typeof received.at(-1) === 'function' ? (received.pop() as (answer: unknown) => void) : undefined;
        const answered = firstValueFrom(transform(callback(received.length > 1 ? received : received[0], ack)), {
          defaultValue: undefined,
        });
        answered.then(
          // What failed was answered by the filter.
          (answer) => answer !== undefined && ack?.(answer),
          (error: unknown) =>
            this.log.error(error instanceof Error ? (error.stack ?? error.message) : 'A value that is not an error was thrown'),
        );
      });
    }
  }
}
