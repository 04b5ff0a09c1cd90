import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FrameReader, TEXT } from './frames.js';

interface ProxyOptions {
  /** Sends every call of a client to the server twice: socket events and unsafe HTTP requests. */
  double?: boolean;
  /** What a browser would add to every request by itself: cookie and origin. */
  headers?: Record<string, string>;
}

/**
 * Stands between clients and a server and misbehaves as networks, middle boxes and hasty clients do.
 * Only whole calls are doubled (socket.io EVENT frames), never the connection's own set-up.
 */
export class Proxy {
  private readonly server: Server;
  private readonly links = new Set<Link>();
  private refusing = false;
  private readonly swallowing: (() => void)[] = [];
  readonly counted = { doubledFrames: 0, doubledRequests: 0 };
  /** Calls that went twice and were confirmed as two different messages. */
  readonly contradictions: string[] = [];

  private constructor(
    private readonly targetPort: number,
    private readonly options: ProxyOptions,
  ) {
    this.server = createServer((incoming, answer) => void this.forward(incoming, answer));
    this.server.on('upgrade', (incoming: IncomingMessage, client: Duplex, head: Buffer) => this.join(incoming, client as Socket, head));
  }

  static async before(targetPort: number, options: ProxyOptions = {}): Promise<Proxy> {
    const proxy = new Proxy(targetPort, options);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Breaks every connection and lets nobody in until `mend`. */
  cut(): void {
    this.refusing = true;
    for (const link of this.links) link.break();
  }

  mend(): void {
    this.refusing = false;
  }

  /** Stops passing on what the server sends, as a client does that no longer reads. The connection stays. */
  stall(): void {
    for (const link of this.links) link.upstream.pause();
  }

  flow(): void {
    for (const link of this.links) link.upstream.resume();
  }

  /** Loses the next acknowledgement, and the connection with it. Resolves when that has happened. */
  swallowAck(): Promise<void> {
    return new Promise((swallowed) => this.swallowing.push(swallowed));
  }

  async close(): Promise<void> {
    this.cut();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(incoming: IncomingMessage, client: Socket, head: Buffer): void {
    if (this.refusing) return void client.destroy();
    const upstream = connect(this.targetPort, '127.0.0.1');
    const link = new Link(client, upstream);
    this.links.add(link);
    link.onEnd(() => this.links.delete(link));
    upstream.write(upgradeRequest(incoming, this.options.headers));
    if (head.length > 0) upstream.write(head);

    const calls = new FrameReader();
    client.on('data', (chunk: Buffer) => {
      for (const { raw, opcode, final, payload } of calls.read(chunk)) {
        upstream.write(raw);
        if (this.options.double && opcode === TEXT && final && isEvent(payload)) {
          this.counted.doubledFrames += 1;
          upstream.write(raw);
        }
      }
    });

    const answers = new FrameReader();
    let header: Buffer | undefined = Buffer.alloc(0);
    upstream.on('data', (chunk: Buffer) => {
      let frames = chunk;
      if (header) {
        header = Buffer.concat([header, chunk]);
        const end = header.indexOf('\r\n\r\n') + 4;
        if (end < 4) return;
        client.write(header.subarray(0, end));
        frames = header.subarray(end);
        header = undefined;
      }
      for (const { raw, payload } of answers.read(frames)) {
        const swallowed = isConfirmation(payload) ? this.swallowing.shift() : undefined;
        if (swallowed) {
          swallowed();
          return link.break();
        }
        if (this.options.double && isAck(payload)) this.contradictions.push(...link.contradictions(payload.toString()));
        client.write(raw);
      }
    });
  }

  private async forward(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (this.refusing) return void incoming.socket.destroy();
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const unsafe = !['GET', 'HEAD', 'OPTIONS'].includes(incoming.method ?? 'GET') && !incoming.url?.startsWith('/socket');
    const attempts = [this.ask(incoming, body)];
    if (this.options.double && unsafe) {
      this.counted.doubledRequests += 1;
      attempts.push(this.ask(incoming, body));
    }
    try {
      const first = await Promise.any(attempts);
      answer.writeHead(first.status, first.headers).end(first.body);
    } catch {
      incoming.socket.destroy();
    }
  }

  private ask(incoming: IncomingMessage, body: Buffer): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const { method, url: path } = incoming;
      const headers = { ...incoming.headers, ...this.options.headers };
      const upstream = request({ host: '127.0.0.1', port: this.targetPort, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: Buffer.concat(chunks) }));
        response.on('error', reject);
      });
      upstream.on('error', reject);
      upstream.end(body);
    });
  }
}

/** One client's connection and its other half. Either end breaking breaks both. */
class Link {
  private readonly confirmed = new Map<string, string>();

  constructor(
    readonly client: Socket,
    readonly upstream: Socket,
  ) {
    for (const half of [client, upstream]) half.on('error', () => this.break()).on('close', () => this.break());
  }

  onEnd(ended: () => void): void {
    this.upstream.on('close', ended);
  }

  /** An acknowledgement that names another message than the one before it under the same number. */
  contradictions(packet: string): string[] {
    const [, call = '', id, seq] = /^(43[^[]*)\[.*"id":"([^"]+)".*"seq":(\d+)/.exec(packet) ?? [];
    if (id === undefined || packet.includes('"conversations"')) return [];
    const message = `${id} at ${seq}`;
    const before = this.confirmed.get(call);
    this.confirmed.set(call, message);
    return before === undefined || before === message ? [] : [`${call}: ${before}, then ${message}`];
  }

  break(): void {
    this.client.destroy();
    this.upstream.destroy();
  }
}

/** The request as it came, less compression: frames are read here, so they must stay readable. */
function upgradeRequest(incoming: IncomingMessage, added: Record<string, string> = {}): string {
  const { 'sec-websocket-extensions': _compression, ...headers } = { ...incoming.headers, ...added };
  const lines = [
    `${incoming.method} ${incoming.url} HTTP/1.1`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

// engine.io MESSAGE (4), then the socket.io packet: EVENT (2) or ACK (3).
const isEvent = (payload: Buffer) => payload[0] === 0x34 && payload[1] === 0x32;
const isAck = (payload: Buffer) => payload[0] === 0x34 && payload[1] === 0x33;
const isConfirmation = (payload: Buffer) => isAck(payload) && payload.includes('"seq":') && !payload.includes('"conversations"');
