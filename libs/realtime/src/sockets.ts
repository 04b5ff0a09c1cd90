import type { Actor } from '@sotto/kernel';
import { AppError } from '@sotto/kernel';
import { toAckError, toAppError } from '@sotto/platform';
import type { ClientToServer, ServerToClient } from '@sotto/protocol';
import type { Namespace, Socket } from 'socket.io';

export interface SocketData {
  actor: Actor;
  /** Where the client is, for looking again whether it may be there. Empty for visitors. */
  address: string;
  /** The queue to this client was dropped; it gets nothing until it has caught up. */
  lagging?: boolean;
}

export type LiveSocket = Socket<ClientToServer, ServerToClient, object, SocketData>;
export type LiveNamespace = Namespace<ClientToServer, ServerToClient, object, SocketData>;

export const rooms = {
  agents: (accountId: string) => `agents:${accountId}`,
  visitor: (contactId: string) => `visitor:${contactId}`,
  session: (sessionId: string) => `session:${sessionId}`,
};

/** The rooms an actor's events go to. */
export const roomsOf = (actor: Actor): string[] => [
  actor.kind === 'member' ? rooms.agents(actor.accountId) : rooms.visitor(actor.contactId),
  rooms.session(actor.sessionId),
];

/** A refusal of the connection, as socket.io hands it to the client: `connect_error` with `data.code`. */
export function refusal(error: unknown): Error {
  const { code, message, extra } = toAppError(error);
  return Object.assign(new Error(message), { data: { code, ...extra } });
}

/** Answers events nobody listens to with a fixed error instead of silence. */
export function refuseUnknownEvents(socket: LiveSocket, known: ReadonlySet<string>): void {
  socket.use((packet: unknown[], next) => {
    if (known.has(String(packet[0]))) {
      next();
      return;
    }
    const ack = packet.at(-1);
    if (typeof ack === 'function') (ack as (answer: unknown) => void)(toAckError(new AppError('event.unknown')));
  });
}
