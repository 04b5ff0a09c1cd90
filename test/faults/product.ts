import pg from 'pg';
import type { RunningSotto } from '../support/index.js';
import { reader } from './crowd.js';
import type { Desk } from './desk.js';
import { Proxy } from './proxy.js';
import type { Stage, Way } from './run.js';

/** The ways to one node, each through a proxy: visitors bring a token themselves, agents what their browser would add. */
export class Ways {
  private constructor(
    readonly visitors: Proxy,
    readonly agents: Proxy,
  ) {}

  static async to(sotto: RunningSotto, desk: Desk, double = false): Promise<Ways> {
    const { origin, cookie } = desk;
    const visitors = await Proxy.before(sotto.port, { double, headers: { origin } });
    return new Ways(visitors, await Proxy.before(sotto.port, { double, headers: { origin, cookie } }));
  }

  get way(): Way {
    return { visitors: this.visitors.url, agents: this.agents.url };
  }

  get doubledFrames(): number {
    return this.visitors.counted.doubledFrames + this.agents.counted.doubledFrames;
  }

  get contradictions(): string[] {
    return [...this.visitors.contradictions, ...this.agents.contradictions];
  }

  cut(): void {
    this.visitors.cut();
    this.agents.cut();
  }

  mend(): void {
    this.visitors.mend();
    this.agents.mend();
  }

  async close(): Promise<void> {
    await Promise.all([this.visitors.close(), this.agents.close()]);
  }
}

/** Reads straight from a node, as one of its people. */
export function readers(sotto: RunningSotto, desk: Desk): Pick<Stage, 'visitor' | 'agent'> {
  const url = `http://127.0.0.1:${sotto.port}`;
  return {
    visitor: (name, token) => reader(name, 'visitor', url, { authorization: `Bearer ${token}` }),
    agent: (name) => reader(name, 'agent', url, { cookie: desk.cookie }),
  };
}

/** Conversations whose present wait has a job that is still to run. */
const WAITS_WITH_JOB = `
  SELECT c.id FROM conversation c
  JOIN message m ON m.conversation_id = c.id AND m.created_at = c.waiting_since
  JOIN pgboss.job j ON j.name = 'conversation.overdue' AND j.data->>'conversationId' = c.id::text AND (j.data->>'seq')::int = m.seq
  WHERE j.state IN ('created', 'retry')`;

export async function waitsWithJob(database: string): Promise<string[]> {
  const rows = await select<{ id: string }>(database, WAITS_WITH_JOB);
  return rows.map(({ id }) => id);
}

/** How many messages the tables hold, and how many different ones. */
export async function storedMessages(database: string): Promise<{ rows: number; different: number }> {
  const sql = `SELECT count(*)::int AS rows, count(DISTINCT (conversation_id, author_id, client_message_id))::int AS different FROM message WHERE client_message_id IS NOT NULL`;
  const [counts = { rows: 0, different: 0 }] = await select<{ rows: number; different: number }>(database, sql);
  return counts;
}

async function select<T extends object>(database: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}
