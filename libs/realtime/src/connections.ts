import { Injectable } from '@nestjs/common';
import { LiveFeed } from '@sotto/platform';
import type { CloseReason, ServerToClient } from '@sotto/protocol';
import type { z } from 'zod';
import { rooms, roomsOf, type LiveNamespace, type LiveSocket } from './sockets.js';

/** Packets that may wait for one client. Beyond it the queue is dropped and the client told to resync. */
const MAX_QUEUE = 256;

export type Side = 'agent' | 'visitor';

/** The sockets of this process: who is there, and sending to them. */
@Injectable()
export class Connections {
  private readonly namespaces = new Map<Side, LiveNamespace>();
  /** Agents' sockets by the id of their connection, until that is gone: a poll may fetch what was left in it. */
  private readonly agents = new Map<string, LiveSocket>();
  private readonly changeListeners = new Set<(accountId: string) => void>();

  constructor(private readonly live: LiveFeed) {}

  serve(side: Side, namespace: LiveNamespace): void {
    this.namespaces.set(side, namespace);
  }

  joined(socket: LiveSocket): void {
    const { actor } = socket.data;
    this.live.watch(actor.accountId);
    void socket.join(roomsOf(socket.data));
    if (actor.kind === 'member') this.keepAgent(socket);
    forgetHandshake(socket);
    socket.once('disconnect', () => {
      this.live.unwatch(actor.accountId);
      this.changed(actor.accountId);
    });
    this.changed(actor.accountId);
  }

  /** The agent whose connection this is, by its `sid`. */
  agentOn(sid: string): LiveSocket | undefined {
    return this.agents.get(sid);
  }

  /** Called when somebody of an account connects or leaves. */
  onChange(listener: (accountId: string) => void): void {
    this.changeListeners.add(listener);
  }

  /** Sends to everybody in these rooms of this process, once each. Whoever does not keep up is cut out first. */
  send<E extends keyof ServerToClient>(side: Side, to: readonly string[], event: E, ...args: Parameters<ServerToClient[E]>): void {
    this.sendBut(side, to, [], event, ...args);
  }

  /** As `send`, but not to whoever is in the other rooms too. */
  sendBut<E extends keyof ServerToClient>(
    side: Side,
    to: readonly string[],
    but: readonly string[],
    event: E,
    ...args: Parameters<ServerToClient[E]>
  ): void {
    const namespace = this.namespaces.get(side);
    if (!namespace || !this.hasRoom(side, to)) return;
    for (const id of to.flatMap((room) => [...(namespace.adapter.rooms.get(room) ?? [])])) {
      const socket = namespace.sockets.get(id);
      if (socket && waiting(socket).length > MAX_QUEUE) this.cutOut(socket);
    }
    namespace
      .to([...to])
      .except([...but])
      .emit(event, ...args);
  }

  /** Whether anybody is in one of these rooms. */
  hasRoom(side: Side, to: readonly string[]): boolean {
    const present = this.namespaces.get(side)?.adapter.rooms;
    return present !== undefined && to.some((room) => present.has(room));
  }

  /** Puts an agent's socket into the rooms of these teams only, and tells it to ask anew when that is a change. */
  regroup(socket: LiveSocket, teamIds: readonly string[]): void {
    const before = roomsOf(socket.data);
    socket.data.teamIds = teamIds;
    const after = roomsOf(socket.data);
    const left = before.filter((room) => !after.includes(room));
    const entered = after.filter((room) => !before.includes(room));
    // One that lags is in no room now; it enters the right ones and asks anew once it has caught up.
    if (socket.data.lagging || left.length + entered.length === 0) return;
    for (const room of left) void socket.leave(room);
    void socket.join(entered);
    socket.emit('resync');
  }

  /** Every socket of a side, by account. */
  byAccount(side: Side): Map<string, LiveSocket[]> {
    const result = new Map<string, LiveSocket[]>();
    for (const socket of this.namespaces.get(side)?.sockets.values() ?? []) {
      const { accountId } = socket.data.actor;
      const list = result.get(accountId);
      if (list) list.push(socket);
      else result.set(accountId, [socket]);
    }
    return result;
  }

  /** Ends the sockets of a session, telling them why. */
  closeSession(sessionId: string, reason: z.infer<typeof CloseReason>): void {
    for (const namespace of this.namespaces.values()) {
      for (const id of namespace.adapter.rooms.get(rooms.session(sessionId)) ?? []) {
        const socket = namespace.sockets.get(id);
        if (socket) this.close(socket, reason);
      }
    }
  }

  close(socket: LiveSocket, reason: z.infer<typeof CloseReason>): void {
    socket.emit('session.closed', { reason });
    // What is queued goes out first; then the connection ends.
    socket.disconnect(true);
  }

  /** Ends a connection at once; what waits in it goes to nobody. */
  cut(socket: LiveSocket): void {
    socket.disconnect(true);
    socket.conn.close(true);
  }

  private keepAgent(socket: LiveSocket): void {
    const { id } = socket.conn as unknown as { id: string };
    this.agents.set(id, socket);
    socket.conn.once('close', () => this.agents.delete(id));
  }

  private cutOut(socket: LiveSocket): void {
    socket.data.lagging = true;
    for (const room of roomsOf(socket.data)) if (room !== rooms.session(socket.data.actor.sessionId)) void socket.leave(room);
    waiting(socket).splice(0);
    socket.conn.once('drain', () => {
      if (!socket.connected) return;
      socket.data.lagging = false;
      void socket.join(roomsOf(socket.data));
      socket.emit('resync');
    });
  }

  private changed(accountId: string): void {
    for (const listener of this.changeListeners) listener(accountId);
  }
}

/** engine.io's queue of packets that the connection has not taken yet. */
const waiting = (socket: LiveSocket): unknown[] => (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer;

/** What opened the connection has told all it had to tell: it would stay in memory, token and address with it, as long as the socket. */
function forgetHandshake(socket: LiveSocket): void {
  (socket.conn as { request: unknown }).request = undefined;
  Object.assign(socket.handshake, { headers: {}, query: {}, auth: {}, address: '', url: '' });
}
