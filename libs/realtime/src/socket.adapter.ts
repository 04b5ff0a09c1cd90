import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MAX_FRAME, SOCKET_PATH } from '@sotto/protocol';
import type { Server, ServerOptions } from 'socket.io';

/** A dead connection is noticed after 15 + 20 s at most. */
const PING_INTERVAL = 15_000;
const PING_TIMEOUT = 20_000;
const CONNECT_TIMEOUT = 10_000;

/** socket.io as Sotto runs it. */
export class SocketAdapter extends IoAdapter {
  constructor(app: INestApplicationContext) {
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
    // The default namespace is of no use to anybody.
    server.use((_socket, next) => next(new Error('Use /agent or /visitor')));
    return server;
  }
}
