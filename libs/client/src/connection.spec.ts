import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Namespace } from 'socket.io';
import { Connection, type ConnectionState } from './connection.js';
import { openWebSocket } from './wire.js';

let http: HttpServer;
let server: Server;
let visitors: Namespace;
let origin: string;
const open: Connection[] = [];

beforeEach(async () => {
  http = createServer();
  server = new Server(http, { path: '/socket' });
  visitors = server.of('/visitor');
  visitors.use((socket, next) => {
    const { token } = socket.handshake.auth;
    if (token === 'good') next();
    else next(Object.assign(new Error('refused'), { data: { code: token === 'busy' ? 'overloaded' : 'consent.stale' } }));
  });
  visitors.on('connection', (socket) => {
    socket.on('read', ({ seq }: { seq: number }, ack: (answer: object) => void) =>
      seq === 13
        ? undefined
        : ack(
            seq === 0
              ? { ok: false, error: { code: 'rate.limited', message: 'Wait', retryAfter: 3 } }
              : { ok: true, text: `žš😀\n"${seq}"` },
          ),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  await server.close();
});

function connect(token = 'good', ackTimeout = 5_000) {
  const states: ConnectionState[] = [];
  const connection = new Connection({
    origin,
    namespace: '/visitor',
    token: () => token,
    ackTimeout,
    onState: (state) => states.push(state),
  });
  open.push(connection);
  connection.connect();
  return {
    connection,
    states,
    until: (name: ConnectionState['name']) => new Promise<void>((resolve) => connection.watch((state) => state.name === name && resolve())),
  };
}

const read = { conversationId: 'c', seq: 1 };

describe('a connection', () => {
  it('makes calls and hands on answers, refusals and what the server sends', async () => {
    const { connection, until } = connect();
    await until('online');
    await expect(connection.call('read', read)).resolves.toMatchObject({ text: 'žš😀\n"1"' });
    await expect(connection.call('read', { ...read, seq: 0 })).rejects.toMatchObject({
      code: 'rate.limited',
      detail: 'Wait',
      retryAfter: 3,
    });
    const heads = new Promise((resolve) => connection.on('head', resolve));
    visitors.emit('head', { c: 4 });
    await expect(heads).resolves.toEqual({ c: 4 });
  });

  it('ends when the server says so, with the reason, and does not come back by itself', async () => {
    const stale = connect('old');
    await stale.until('closed');
    expect(stale.connection.state).toEqual({ name: 'closed', reason: 'consent.stale' });
    const { connection, until } = connect();
    await until('online');
    visitors.emit('session.closed', { reason: 'consent.withdrawn' });
    visitors.disconnectSockets();
    await until('closed');
    expect(connection.state).toEqual({ name: 'closed', reason: 'consent.withdrawn' });
    await expect(connection.call('read', read)).rejects.toMatchObject({ code: 'network' });
  });

  it('comes back after a cut, a restart of the server and a busy answer', async () => {
    const { connection, states, until } = connect();
    await until('online');
    const pending = connection.call('read', { ...read, seq: 13 });
    visitors.emit('session.closed', { reason: 'shutdown' });
    visitors.disconnectSockets(true);
    await expect(pending).rejects.toMatchObject({ code: 'network' });
    await until('online');
    expect(states.map((state) => state.name)).toEqual(['connecting', 'online', 'reconnecting', 'online']);
    const busy = connect('busy');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(busy.connection.state).toEqual({ name: 'connecting' });
  });

  it('takes a link that brings no answers for dead and opens another', async () => {
    const { connection, states, until } = connect('good', 20);
    await until('online');
    await expect(connection.call('read', { ...read, seq: 13 })).rejects.toMatchObject({ code: 'timeout' });
    expect(states.at(-1)?.name).toBe('reconnecting');
    await until('online');
  });

  it('opens a WebSocket that tells apart an opening, a refusal and a loss', async () => {
    const received: unknown[] = [];
    await new Promise<void>((resolve) => {
      const wire = openWebSocket(
        origin,
        '/visitor',
        { token: 'good' },
        {
          opened: () => wire.send('read', read, (answer) => received.push(answer) && visitors.emit('head', { c: 1 })),
          refused: () => received.push('refused'),
          received: (name, value) => {
            received.push(name, value);
            visitors.disconnectSockets(true);
          },
          lost: resolve,
        },
      );
    });
    expect(received).toEqual([{ ok: true, text: 'žš😀\n"1"' }, 'head', { c: 1 }]);
    const refusal = await new Promise((resolve) =>
      openWebSocket(
        origin,
        '/visitor',
        { token: 'old' },
        { opened: () => undefined, refused: resolve, received: () => undefined, lost: () => undefined },
      ),
    );
    expect(refusal).toMatchObject({ data: { code: 'consent.stale' } });
    const nobody = http.address() as AddressInfo;
    await server.close();
    await new Promise<void>((resolve) =>
      openWebSocket(
        `http://127.0.0.1:${nobody.port}`,
        '/visitor',
        {},
        { opened: () => undefined, refused: () => undefined, received: () => undefined, lost: resolve },
      ),
    );
  });
});
