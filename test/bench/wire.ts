import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { clientFrame, CLOSE, FrameReader, PING, PONG, TEXT } from '../faults/frames.js';

export interface WireOptions {
  port: number;
  namespace: '/agent' | '/visitor';
  auth?: { token: string };
  cookie?: string;
  origin?: string;
  /** Every event frame of the server, undecoded: reading the JSON of thousands of frames a second would be the load test. */
  onEvent?: (frame: Buffer) => void;
}

/**
 * A socket.io client stripped to what a load generator needs: one namespace, websocket only, acks by number,
 * frames handed on unread. It costs a fraction of the real client, so the machine's cores are left to the server.
 */
export class Wire {
  private readonly frames = new FrameReader();
  private readonly acks = new Map<number, (frame: Buffer) => void>();
  private calls = 0;
  closed = false;

  private constructor(
    private readonly socket: Socket,
    private readonly options: WireOptions,
    private readonly joined: (refusal?: Error) => void,
  ) {
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.joined(new Error(`${options.namespace}: the server closed the connection`));
    });
  }

  static async open(options: WireOptions): Promise<Wire> {
    const socket = connect(options.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    socket.write(handshake(options));
    await skipHeader(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    const wire = new Wire(socket, options, (refusal) => (refusal ? reject(refusal) : resolve()));
    await promise;
    return wire;
  }

  /** Sends an event; `answered` gets the ack's frame, undecoded. */
  send(event: string, json: string, answered: (frame: Buffer) => void): void {
    const id = (this.calls += 1);
    this.acks.set(id, answered);
    this.write(`42${this.options.namespace},${id}["${event}",${json}]`);
  }

  async call<T>(event: string, input: object): Promise<T> {
    const frame = await new Promise<Buffer>((resolve) => this.send(event, JSON.stringify(input), resolve));
    const [answer] = JSON.parse(frame.toString().slice(frame.indexOf('['))) as [{ ok: boolean } & T];
    if (!answer.ok) throw new Error(`${event}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.socket.end(clientFrame(CLOSE, Buffer.alloc(0)));
    await Promise.race([once(this.socket, 'close'), wait(1_000)]);
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    for (const { opcode, payload } of this.frames.read(chunk)) {
      if (opcode === PING) this.socket.write(clientFrame(PONG, payload));
      else if (opcode === TEXT) this.packet(payload);
    }
  }

  private packet(payload: Buffer): void {
    const [engine, kind] = [payload[0], payload[1]];
    if (engine === 0x30) this.write(`40${this.options.namespace},${this.options.auth ? JSON.stringify(this.options.auth) : ''}`);
    else if (engine === 0x32) this.write('3');
    else if (engine !== 0x34) return;
    else if (kind === 0x32) this.options.onEvent?.(payload);
    else if (kind === 0x33) this.acknowledge(payload);
    else if (kind === 0x30) this.joined();
    else if (kind === 0x34) this.joined(new Error(`${this.options.namespace} refused: ${payload.toString()}`));
  }

  private acknowledge(payload: Buffer): void {
    const from = payload.indexOf(',') + 1;
    const id = Number(payload.toString('latin1', from, payload.indexOf('[', from)));
    const answered = this.acks.get(id);
    this.acks.delete(id);
    answered?.(payload);
  }

  private write(packet: string): void {
    this.socket.write(clientFrame(TEXT, Buffer.from(packet)));
  }
}

function handshake({ port, cookie, origin }: WireOptions): string {
  return [
    'GET /socket/?EIO=4&transport=websocket HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...(origin ? [`Origin: ${origin}`] : []),
    ...(cookie ? [`Cookie: ${cookie}`] : []),
    '\r\n',
  ].join('\r\n');
}

/** Reads up to the end of the answer's header and gives back what came behind it. */
async function skipHeader(socket: Socket): Promise<void> {
  let read = Buffer.alloc(0);
  while (!read.includes('\r\n\r\n')) {
    const chunk = await new Promise<Buffer>((resolve, reject) => {
      const refused = () => reject(new Error('closed during the handshake'));
      socket.once('close', refused);
      socket.once('data', (data: Buffer) => {
        socket.pause();
        socket.off('close', refused);
        resolve(data);
      });
      socket.resume();
    });
    read = Buffer.concat([read, chunk]);
  }
  const status = read.toString('latin1', 0, read.indexOf('\r\n'));
  if (!status.includes(' 101 ')) throw new Error(`no websocket: ${status}`);
  const behind = read.subarray(read.indexOf('\r\n\r\n') + 4);
  if (behind.length > 0) socket.unshift(behind);
  socket.resume();
}
