import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SessionsService, VisitorSessions } from '@sotto/access';
import { EventReader, type AgentHead } from '@sotto/conversations';
import { LiveFeed } from '@sotto/platform';
import { HEAD_EVERY, type Head } from '@sotto/protocol';
import { Audiences } from './audiences.js';
import { Connections } from './connections.js';
import { rooms, roomsFor, type LiveSocket } from './sockets.js';

/** A little under the promised 20 s. */
const BEAT_MS = HEAD_EVERY - 5_000;
const RECHECK_MS = 60_000;

/** Sends heads, so that a lost hint is found, and looks again at the sessions of live sockets. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Heartbeat');
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly connections: Connections,
    private readonly reader: EventReader,
    private readonly sessions: SessionsService,
    private readonly visitors: VisitorSessions,
    private readonly live: LiveFeed,
    private readonly audiences: Audiences,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.push(
      setInterval(() => this.attempt(this.beat()), BEAT_MS),
      setInterval(() => this.attempt(this.recheck()), RECHECK_MS),
    );
    this.stops.push(
      this.live.onGap(() => {
        this.attempt(this.beat());
        this.attempt(this.recheck());
      }),
      this.live.onListening((accountId) => this.attempt(this.recheckAccount(accountId))),
      this.live.subscribe((hint) => {
        if (hint.type === 'access.changed')
          this.attempt(this.recheckAgents(hint.accountId, this.connections.byAccount('agent').get(hint.accountId) ?? []));
        if (hint.type === 'consent.stale')
          this.attempt(this.recheckVisitors(hint.accountId, this.connections.byAccount('visitor').get(hint.accountId) ?? []));
      }),
    );
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const stop of this.stops) stop();
  }

  private async beat(): Promise<void> {
    const agents = this.connections.byAccount('agent');
    const visitors = this.connections.byAccount('visitor');
    for (const accountId of new Set([...agents.keys(), ...visitors.keys()])) {
      if (agents.has(accountId)) await this.audiences.refresh(accountId);
      const contactIds = (visitors.get(accountId) ?? []).map((socket) =>
        socket.data.actor.kind === 'visitor' ? socket.data.actor.contactId : '',
      );
      const heads = await this.reader.heads(accountId, [...new Set(contactIds)]);
      for (const { to, head } of headsByAudience(accountId, heads.agents)) this.connections.send('agent', to, 'head', head);
      for (const [contactId, head] of heads.visitors) this.connections.send('visitor', [rooms.visitor(contactId)], 'head', head);
    }
  }

  private async recheck(): Promise<void> {
    for (const [accountId, sockets] of this.connections.byAccount('agent')) await this.recheckAgents(accountId, sockets);
    for (const [accountId, sockets] of this.connections.byAccount('visitor')) await this.recheckVisitors(accountId, sockets);
  }

  private async recheckAccount(accountId: string): Promise<void> {
    await this.recheckAgents(accountId, this.connections.byAccount('agent').get(accountId) ?? []);
    await this.recheckVisitors(accountId, this.connections.byAccount('visitor').get(accountId) ?? []);
  }

  private async recheckAgents(accountId: string, sockets: LiveSocket[]): Promise<void> {
    if (sockets.length === 0) return;
    const reasons = await this.sessions.endings(
      accountId,
      sockets.map(({ data }) => ({ sessionId: data.actor.sessionId, address: data.address })),
    );
    for (const [index, socket] of sockets.entries()) {
      const reason = reasons[index];
      if (reason) this.connections.close(socket, reason);
    }
  }

  private async recheckVisitors(accountId: string, sockets: LiveSocket[]): Promise<void> {
    if (sockets.length === 0) return;
    const standings = await this.visitors.standings(accountId, idsOf(sockets));
    for (const socket of sockets) {
      const standing = standings.get(socket.data.actor.sessionId);
      if (standing === 'consent.stale') this.connections.close(socket, 'consent.stale');
      else if (standing !== 'ok') this.connections.close(socket, 'expired');
    }
  }

  private attempt(work: Promise<void>): void {
    work.catch((error: unknown) => this.log.warn(`A heartbeat failed: ${error instanceof Error ? error.message : 'unknown reason'}`));
  }
}

const idsOf = (sockets: LiveSocket[]) => [...new Set(sockets.map((socket) => socket.data.actor.sessionId))];

/** One message for each group of people who see the same. */
function headsByAudience(accountId: string, heads: readonly AgentHead[]): Iterable<{ to: string[]; head: Head }> {
  const groups = new Map<string, { to: string[]; head: Head }>();
  for (const head of heads) {
    const to = roomsFor(accountId, head);
    const group = groups.get(to.join()) ?? { to, head: {} };
    group.head[head.id] = head.lastSeq;
    groups.set(to.join(), group);
  }
  return groups.values();
}
