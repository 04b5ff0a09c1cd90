import { setTimeout as wait } from 'node:timers/promises';
import { check, type Violation } from './check.js';
import { Agent, conversationsOf, eventually, freshLists, Visitor, Witnessed, type Reader } from './crowd.js';
import type { RunLog } from './log.js';

/** Where a run takes place: some server, the ways to it, and what will go wrong. */
export interface Stage {
  /** The way most clients take. */
  steady: Way;
  /** The way of every fifth visitor and of one of the two agents. */
  other: Way;
  /** One visitor's token each. */
  tokens: string[];
  /** Reads as the visitor with that token, or as an agent, past every proxy. */
  visitor: (name: string, token: string) => Reader;
  agent: (name: string) => Reader;
  /** Conversations for which a job stands ready that notices when nobody answers. */
  jobs: () => Promise<string[]>;
  /** Goes wrong while everybody talks. The talk ends when it resolves and enough has been said. */
  misfortunes: (talk: Talk) => Promise<void>;
}

/** Addresses the client is given. Agents have a way of their own because a browser would add their cookie. */
export interface Way {
  visitors: string;
  agents: string;
}

export interface Plan {
  messages: number;
  /** Milliseconds all clients have to agree once the last message is sent. */
  converge: number;
}

export interface Result {
  log: RunLog;
  violations: Violation[];
  /** All clients showed what the server has before the time was up. */
  converged: boolean;
}

/** Two agents and as many visitors as there are tokens talk until at least `messages` have been sent, whatever goes wrong. */
export async function run(stage: Stage, plan: Plan): Promise<Result> {
  const witnessed = new Witnessed();
  const earlier = new Set((await conversationsOf(stage.agent('reader').call)).map((view) => view.id));
  const visitors = stage.tokens.map((token, place) => {
    const way = place % 5 === 1 ? stage.other : stage.steady;
    return new Visitor(`visitor ${place + 1}`, way.visitors, token, witnessed);
  });
  const agents = [new Agent('agent 1', stage.steady.agents, witnessed), new Agent('agent 2', stage.other.agents, witnessed)];
  const people = [...agents, ...visitors];
  for (const person of people) person.join();
  try {
    await new Talk(plan.messages, visitors, agents, witnessed).play(stage.misfortunes);
    const readers = [
      ...visitors.map((visitor, place) => stage.visitor(visitor.name, stage.tokens[place] ?? '')),
      ...agents.map((agent) => stage.agent(agent.name)),
    ];
    const look = async () => ofThisRun(await collect(stage, people, readers, witnessed), earlier);
    const converged = await eventually(async () => {
      const { kept, fresh } = await look();
      return sizes(kept) === sizes(fresh);
    }, plan.converge);
    const log = await look();
    return { log, violations: check(log), converged };
  } finally {
    for (const person of people) person.leave();
  }
}

async function collect(stage: Stage, people: (Visitor | Agent)[], readers: Reader[], witnessed: Witnessed): Promise<RunLog> {
  const fresh = (await Promise.all(readers.map(freshLists))).flat();
  const answers = await conversationsOf(stage.agent('reader').call);
  return {
    sent: [...witnessed.sent, ...people.flatMap((person) => person.unconfirmed())],
    acked: witnessed.acked,
    delivered: witnessed.delivered,
    kept: people.flatMap((person) => person.lists()),
    fresh,
    stored: (await freshLists(stage.agent('reader'))).flatMap((list) => list.items),
    waiting: answers.filter((view) => view.waitingSince !== null).map((view) => view.id),
    jobs: await stage.jobs(),
  };
}

/** Agents see all there is; a run is judged by its own conversations. */
function ofThisRun(log: RunLog, earlier: Set<string>): RunLog {
  const own = <T extends { conversationId: string }>(parts: T[]) => parts.filter((part) => !earlier.has(part.conversationId));
  return {
    ...log,
    delivered: log.delivered.filter(({ item }) => !earlier.has(item.conversationId)),
    kept: own(log.kept),
    fresh: own(log.fresh),
    stored: own(log.stored),
    waiting: log.waiting.filter((id) => !earlier.has(id)),
  };
}

const sizes = (lists: { client: string; conversationId: string; items: unknown[] }[]) =>
  lists
    .map((list) => `${list.client} ${list.conversationId} ${list.items.length}`)
    .sort()
    .join('\n');

/** What is said in a run, and by whom. */
export class Talk {
  private written = 0;
  private over = false;
  /** Two visitors for the misfortunes: answered once, and silent unless told to speak. */
  readonly witnesses: Visitor[];
  private readonly unanswered: Visitor[];
  private readonly answered: Visitor[];

  constructor(
    private readonly messages: number,
    visitors: Visitor[],
    private readonly agents: Agent[],
    private readonly witnessed: Witnessed,
  ) {
    this.witnesses = visitors.slice(0, 2);
    const rest = visitors.slice(2);
    this.unanswered = rest.filter((_visitor, place) => place % 3 === 0);
    this.answered = rest.filter((_visitor, place) => place % 3 !== 0);
  }

  async play(misfortunes: (talk: Talk) => Promise<void>): Promise<void> {
    // Everybody says hello, and an agent greets those whom nobody will keep waiting.
    await Promise.all([...this.answered, ...this.unanswered, ...this.witnesses].map((visitor) => this.say(visitor)));
    await Promise.all([...this.answered, ...this.witnesses].map((visitor) => this.answer(visitor)));
    await Promise.all([this.chatter(), misfortunes(this).finally(() => (this.over = true))]);
    // Everybody hears a last word, so that a missing tail is not hidden by quiet.
    await Promise.all(this.answered.map((visitor) => this.say(visitor)));
  }

  get acknowledged(): number {
    return this.witnessed.acked.length;
  }

  /** Resolves once that share of the planned messages is acknowledged. */
  async reaches(share: number): Promise<void> {
    while (this.acknowledged < this.messages * share) await wait(10);
  }

  say(visitor: Visitor): Promise<void> {
    return visitor.write(this.words(visitor.name));
  }

  /** The first agent answers, by default somebody on the other way. */
  async answer(visitor = this.answered.at(2), agent = this.agents.at(0), kind: 'message' | 'note' = 'message'): Promise<void> {
    if (!agent || !visitor?.conversationId) throw new Error('there is nobody to answer');
    await agent.write(visitor.conversationId, this.words(agent.name), kind);
  }

  /** Everybody writes as fast as their outbox is acknowledged, until nothing more is to happen. */
  private async chatter(): Promise<void> {
    const talk = async (say: () => Promise<void>) => {
      while (!this.over || this.written < this.messages) await say();
    };
    let turn = 0;
    const next = () => this.answered[(turn += 1) % this.answered.length];
    // Every eighth is a private note: a place in the order that visitors must not see.
    const kind = () => (turn % 8 === 0 ? 'note' : 'message');
    await Promise.all([
      ...[...this.answered, ...this.unanswered].map((visitor) => talk(() => this.say(visitor))),
      ...this.agents.map((agent) => talk(() => this.answer(next(), agent, kind()))),
    ]);
  }

  private words(name: string): string {
    this.written += 1;
    return `Message ${this.written}, by ${name}: ${'lorem ipsum '.repeat(this.written % 6)}`;
  }
}

/** Hands that break things. */
export interface Hands {
  /** Kills the server without warning. Resolves once it is dead. */
  crash: () => Promise<void>;
  /** Starts it again in the same place. Resolves once it is ready. */
  revive: () => Promise<void>;
  /** Breaks the other way, and mends it. */
  cut: () => void;
  mend: () => void;
}

/**
 * The server is killed twice in mid-load, each time the moment somebody's question is acknowledged: that message and
 * its job hang by the commit alone. In between, one way is down for longer than a hasty server would look back.
 */
export const killsAndCuts =
  ({ crash, revive, cut, mend }: Hands) =>
  async (talk: Talk): Promise<void> => {
    const kill = async (share: number, witness?: Visitor) => {
      await talk.reaches(share);
      if (witness) await talk.say(witness);
      await crash();
      await wait(200);
      await revive();
    };
    await kill(0.25, talk.witnesses[0]);
    await talk.reaches(0.5);
    cut();
    await wait(200);
    for (let round = 0; round < 3; round += 1) await talk.answer();
    await wait(1_000);
    mend();
    await kill(0.75, talk.witnesses[1]);
  };
