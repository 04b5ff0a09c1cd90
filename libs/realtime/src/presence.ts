import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { newId } from '@sotto/kernel';
import { LiveFeed, type Hint } from '@sotto/platform';
import { Connections } from './connections.js';
import { rooms, type LiveSocket } from './sockets.js';

const ANNOUNCE_MS = 15_000;
/** A node that has not announced itself for this long is gone, and its members with it. */
const FORGET_MS = 45_000;
/** Reloading a page is no absence. */
const SETTLE_MS = 300;

const NONE: ReadonlySet<string> = new Set();

/** Who has the panel open, on every node. Known from announcements that expire, never stored. */
@Injectable()
export class Presence implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly node = newId();
  private readonly heard = new Map<string, Map<string, { memberIds: string[]; at: number }>>();
  private readonly shown = new Map<string, string>();
  private readonly settling = new Map<string, NodeJS.Timeout>();
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe = () => undefined as void;

  constructor(
    private readonly live: LiveFeed,
    private readonly connections: Connections,
  ) {}

  onApplicationBootstrap(): void {
    this.connections.onChange((accountId) => this.settle(accountId));
    this.unsubscribe = this.live.subscribe((hint) => {
      if (hint.type === 'presence') this.hear(hint);
    });
    this.timer = setInterval(() => {
      for (const accountId of new Set([...this.connections.byAccount('agent').keys(), ...this.heard.keys()])) this.announce(accountId);
    }, ANNOUNCE_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    for (const timer of this.settling.values()) clearTimeout(timer);
    this.unsubscribe();
  }

  private settle(accountId: string): void {
    if (this.settling.has(accountId)) return;
    const timer = setTimeout(() => {
      this.settling.delete(accountId);
      // Whoever just came has not been told yet.
      this.shown.delete(accountId);
      this.announce(accountId);
    }, SETTLE_MS);
    this.settling.set(accountId, timer);
  }

  private announce(accountId: string): void {
    const sockets: LiveSocket[] = this.connections.byAccount('agent').get(accountId) ?? [];
    const memberIds = [...new Set(sockets.flatMap(({ data: { actor } }) => (actor.kind === 'member' ? [actor.memberId] : [])))].sort();
    this.live.publish({ type: 'presence', accountId, node: this.node, memberIds });
  }

  private hear(hint: Extract<Hint, { type: 'presence' }>): void {
    const nodes = this.heard.get(hint.accountId) ?? new Map<string, { memberIds: string[]; at: number }>();
    this.heard.set(hint.accountId, nodes);
    nodes.set(hint.node, { memberIds: hint.memberIds, at: Date.now() });
    for (const [node, { memberIds, at }] of nodes)
      if (Date.now() - at > FORGET_MS || (memberIds.length === 0 && node !== this.node)) nodes.delete(node);
    this.show(hint.accountId, new Set([...nodes.values()].flatMap(({ memberIds }) => memberIds)));
  }

  private show(accountId: string, members: ReadonlySet<string> = NONE): void {
    const memberIds = [...members].sort();
    const key = memberIds.join();
    if (this.shown.get(accountId) === key) return;
    this.shown.set(accountId, key);
    const online = memberIds.length > 0;
    this.connections.send('agent', [rooms.agents(accountId)], 'presence', { online, memberIds });
    for (const { data } of this.connections.byAccount('visitor').get(accountId) ?? []) {
      if (data.actor.kind === 'visitor') this.connections.send('visitor', [rooms.visitor(data.actor.contactId)], 'presence', { online });
    }
  }
}
