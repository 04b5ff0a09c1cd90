import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** Where a browser that goes through it seems to be. */
export interface OtherPlace {
  /** For the browser context: `{ proxy: { server } }`. */
  readonly server: string;
  close(): Promise<void>;
}

/** A forward proxy that leaves from another loopback address, for requests and sockets alike. */
export async function otherPlace(address: string): Promise<OtherPlace> {
  const open = new Set<Socket>();
  const proxy = createServer((incoming: IncomingMessage, answer) => {
    const { hostname, port, pathname, search } = new URL(incoming.url ?? '');
    const outgoing = request(
      {
        host: hostname === 'localhost' ? '127.0.0.1' : hostname,
        port,
        path: pathname + search,
        method: incoming.method,
        headers: incoming.headers,
        localAddress: address,
      },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.rawHeaders);
        got.pipe(answer);
      },
    );
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  proxy.on('connect', (incoming: IncomingMessage, client: Socket) => {
    const port = Number(incoming.url?.split(':').at(-1));
    const outgoing = connect({ host: '127.0.0.1', port, localAddress: address }, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      outgoing.pipe(client).pipe(outgoing);
    });
    for (const socket of [client, outgoing]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    server: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of open) socket.destroy();
      proxy.closeAllConnections();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}
