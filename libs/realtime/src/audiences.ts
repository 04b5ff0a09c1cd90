import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Memberships } from '@sotto/accounts';
import { Database, LiveFeed } from '@sotto/platform';
import { Connections } from './connections.js';
import type { LiveSocket } from './sockets.js';

/** Keeps agents' sockets in the rooms of the teams they are in. */
@Injectable()
export class Audiences implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Audiences');
  private readonly stops: (() => void)[] = [];
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly memberships: Memberships,
    private readonly connections: Connections,
    private readonly live: LiveFeed,
  ) {}

  onApplicationBootstrap(): void {
    this.stops.push(
      this.live.subscribe((hint) => {
        if (hint.type === 'access.changed') void this.refresh(hint.accountId);
      }),
      // Changes made before this node listened were told to nobody here.
      this.live.onListening((accountId) => void this.refresh(accountId)),
    );
  }

  onApplicationShutdown(): void {
    for (const stop of this.stops) stop();
  }

  /** Ids of the teams a member is in. */
  async teamsOf(accountId: string, memberId: string): Promise<string[]> {
    const teams = await this.database.in(accountId, (tx) => this.memberships.teamsOf(tx, [memberId]));
    return teams.get(memberId) ?? [];
  }

  /**
   * Looks again in which teams these agents are; without `sockets`, all of the account. One after the other, so that what
   * was read first is never put in place last. Never rejects: the heartbeat looks again.
   */
  refresh(accountId: string, sockets?: readonly LiveSocket[]): Promise<void> {
    this.turn = this.turn
      .then(() => this.regroup(accountId, sockets ?? this.connections.byAccount('agent').get(accountId) ?? []))
      .catch((error: unknown) => this.log.warn(`Teams could not be read: ${error instanceof Error ? error.message : 'unknown reason'}`));
    return this.turn;
  }

  private async regroup(accountId: string, sockets: readonly LiveSocket[]): Promise<void> {
    if (sockets.length === 0) return;
    const memberIds = sockets.flatMap(({ data: { actor } }) => (actor.kind === 'member' ? [actor.memberId] : []));
    const teams = await this.database.in(accountId, (tx) => this.memberships.teamsOf(tx, memberIds));
    for (const socket of sockets) {
      const { actor } = socket.data;
      if (actor.kind === 'member' && socket.connected) this.connections.regroup(socket, teams.get(actor.memberId) ?? []);
    }
  }
}
