/// <reference lib="dom" />
import type { ErrorCode, SOCKET_PATH } from '@sotto/protocol';

/** Why the server refuses a connection: socket.io's `connect_error`. */
export interface Refusal {
  message: string;
  data?: { code?: ErrorCode; retryAfter?: number };
}

export interface WireEvents {
  opened(): void;
  refused(refusal: Refusal): void;
  /** Once, unless `close` was called. */
  lost(): void;
  received(name: string, value: unknown): void;
}

/** One connection to a namespace, from its opening to its end. */
export interface Wire {
  send(name: string, input: unknown, answered: (answer: unknown) => void): void;
  close(): void;
}

export type OpenWire = (origin: string, namespace: string, auth: object, events: WireEvents) => Wire;

const PATH: typeof SOCKET_PATH = '/socket';

/** Milliseconds until a connection that does not come about is given up. */
const PATIENCE = 20_000;

/**
 * Speaks the socket.io protocol (version 5, on engine.io 4) over a WebSocket: text packets, one namespace,
 * acknowledgements. The widget sends nothing else, and socket.io-client would be half of its weight.
 */
export const openWebSocket: OpenWire = (origin, namespace, auth, events) => {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${PATH}/?EIO=4&transport=websocket`);
  const answers = new Map<number, (answer: unknown) => void>();
  let calls = 0;
  let patience = PATIENCE;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const close = () => {
    ended = true;
    clearTimeout(timer);
    socket.close();
  };
  const lose = () => {
    if (ended) return;
    close();
    events.lost();
  };
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(lose, patience);
  };

  const receive = (packet: string) => {
    const [, type, id, json] = /^(\d)(?:\/[^,]*,)?(\d*)(.*)$/su.exec(packet) ?? [];
    const value: unknown = json ? JSON.parse(json) : undefined;
    if (type === '0') events.opened();
    else if (type === '1') lose();
    else if (type === '2' && Array.isArray(value)) events.received(String(value[0]), value[1]);
    else if (type === '3' && Array.isArray(value)) {
      const answered = answers.get(Number(id));
      answers.delete(Number(id));
      answered?.(value[0]);
    } else if (type === '4') {
      close();
      events.refused(value as Refusal);
    }
  };

  socket.onmessage = ({ data }) => {
    if (ended || typeof data !== 'string') return;
    const rest = data.slice(1);
    if (data[0] === '0') {
      const { pingInterval, pingTimeout } = JSON.parse(rest) as { pingInterval: number; pingTimeout: number };
      patience = pingInterval + pingTimeout;
      socket.send(`40${namespace},${JSON.stringify(auth)}`);
    } else if (data[0] === '1') lose();
    else if (data[0] === '2') socket.send('3');
    else if (data[0] === '4') receive(rest);
    if (!ended) watch();
  };
  socket.onclose = lose;
  socket.onerror = lose;
  watch();

  return {
    send(name, input, answered) {
      answers.set(calls, answered);
      socket.send(`42${namespace},${calls++}${JSON.stringify([name, input])}`);
    },
    close,
  };
};
