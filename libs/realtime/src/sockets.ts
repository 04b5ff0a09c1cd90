import type { Actor } from '@sotto/kernel';
import { AppError } from '@sotto/kernel';
import { toAckError, toAppError } from '@sotto/platform';
import { seesAll, type Audience } from '@sotto/conversations';
import type { ClientToServer, ServerToClient } from '@sotto/protocol';
import type { Namespace, Socket } from 'socket.io';

export interface SocketData {
  actor: Actor;
  /** Where the client is, for looking again whether it may be there. Empty for visitors. */
  address: string;
  /** Agents: ids of their teams, sorted. */
  teamIds?: readonly string[];
  /** The queue to this client was dropped; it gets nothing until it has caught up. */
  lagging?: boolean;
}

export type LiveSocket = Socket<ClientToServer, ServerToClient, object, SocketData>;
export type LiveNamespace = Namespace<ClientToServer, ServerToClient, object, SocketData>;

export const rooms = {
  /** Every agent of an account. */
  agents: (accountId: string) => `agents:${accountId}`,
  /** Agents who see conversations of every team. */
  readers: (accountId: string) => `readers:${accountId}`,
  team: (teamId: string) => `team:${teamId}`,
  member: (memberId: string) => `member:${memberId}`,
  visitor: (contactId: string) => `visitor:${contactId}`,
  session: (sessionId: string) => `session:${sessionId}`,
};

/** The rooms a socket's events go to. */
export function roomsOf({ actor, teamIds = [] }: SocketData): string[] {
  const own = rooms.session(actor.sessionId);
  if (actor.kind === 'visitor') return [rooms.visitor(actor.contactId), own];
  const wide = seesAll(actor) ? [rooms.readers(actor.accountId)] : [];
  return [rooms.agents(actor.accountId), ...wide, ...teamIds.map(rooms.team), rooms.member(actor.memberId), own];
}

/** The rooms in which are exactly the agents who may see a conversation. */
export function roomsFor(accountId: string, { teamId, assigneeId }: Audience): string[] {
  if (teamId === null) return [rooms.agents(accountId)];
  return [rooms.readers(accountId), rooms.team(teamId), ...(assigneeId === null ? [] : [rooms.member(assigneeId)])];
}

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
