import type { SOCKET_PATH } from '@sotto/protocol';
import { io } from 'socket.io-client';
import type { OpenWire, Refusal } from './wire.js';

const PATH: typeof SOCKET_PATH = '/socket';

/** For networks that block WebSockets: slower and heavier, loaded only there. */
export const openPolling: OpenWire = (origin, namespace, auth, events) => {
  const socket = io(origin + namespace, { path: PATH, transports: ['polling'], reconnection: false, forceNew: true, auth });
  let ended = false;
  const close = () => {
    ended = true;
    socket.disconnect();
  };
  const lose = () => {
    if (ended) return;
    close();
    events.lost();
  };
  socket.on('connect', () => events.opened());
  socket.on('disconnect', lose);
  socket.on('connect_error', (error: Error & Partial<Refusal>) => {
    if (!error.data) return lose();
    close();
    events.refused(error as Refusal);
  });
  socket.onAny((name: string, value: unknown) => events.received(name, value));
  return { send: (name, input, answered) => void socket.emit(name, input, answered), close };
};
