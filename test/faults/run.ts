import { setTimeout as wait } from 'node:timers/promises';
import { check, type Violation } from './check.js';
import { Agent, conversationsOf, eventually, freshLists, Visitor, Witnessed, type Reader } from './crowd.js';
import type { RunLog } from './log.js';

/** Where a run takes place: some server, the ways to it, and the hands that break them. */
export interface Stage {
  /** The way most clients take. */
  steady: Way;
  /** The way of those whose network fails for a while. */
  flaky: Way & { cut: () => void; mend: () => void };
  /** One visitor's token each. */
  tokens: string[];
  /** Kills the server without warning. Resolves once it is dead. */
  crash: () => Promise<void>;
  /** Starts it again in the same place. Resolves once it is ready. */
  revive: () => Promise<void>;
  /** Reads as the visitor with that token, or as an agent, past every proxy. */
  visitor: (name: string, token: string) => Reader;
  agent: (name: string) => Reader;
  /** Conversations for which a job stands ready that notices when nobody answers. */
  jobs: () => Promise<string[]>;
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

/** Ahead of a kill an answered visitor asks again: that message and its job hang by the commit alone. */
const KILLS = 2;

/**
 * Two agents and as many visitors as there are tokens talk until at least `messages` have been sent. Meanwhile the server
 * is killed twice in mid-load, and one agent and a few visitors lose their network and miss messages.
 */
export async function run(stage: Stage, plan: Plan): Promise<Result> {
  const witnessed = new Witnessed();
  const visitors = stage.tokens.map((token, place) => {
    const way = place % 5 === 1 ? stage.flaky : stage.steady;
    return new Visitor(`visitor ${place + 1}`, way.visitors, token, witnessed);
  });
  const agents = [new Agent('agent 1', stage.steady.agents, witnessed), new Agent('agent 2', stage.flaky.agents, witnessed)];
  const people = [...agents, ...visitors];
  for (const person of people) person.join();
  try {
    await new Script(stage, plan, visitors, agents, witnessed).play();
    const readers = [
      ...visitors.map((visitor, place) => stage.visitor(visitor.name, stage.tokens[place] ?? '')),
      ...agents.map((agent) => stage.agent(agent.name)),
    ];
    const converged = await eventually(async () => {
      const fresh = (await Promise.all(readers.map(freshLists))).flat();
      return sizes(people.flatMap((person) => person.lists())) === sizes(fresh);
    }, plan.converge);
    const log = await collect(stage, people, readers, witnessed);
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

const sizes = (lists: { client: string; conversationId: string; items: unknown[] }[]) =>
  lists
    .map((list) => `${list.client} ${list.conversationId} ${list.items.length}`)
    .sort()
    .join('\n');

class Script {
  private written = 0;
  private over = false;
  private readonly unanswered: Visitor[];
  private readonly answered: Visitor[];
  private readonly witnesses: Visitor[];

  constructor(
    private readonly stage: Stage,
    private readonly plan: Plan,
    visitors: Visitor[],
    private readonly agents: Agent[],
    private readonly witnessed: Witnessed,
  ) {
    this.witnesses = visitors.slice(0, KILLS);
    this.unanswered = visitors.slice(KILLS).filter((_visitor, place) => place % 3 === 0);
    this.answered = visitors.slice(KILLS).filter((_visitor, place) => place % 3 !== 0);
  }

  async play(): Promise<void> {
    const [first] = this.agents;
    // Everybody says hello, and the agent greets those whom nobody will keep waiting.
    await Promise.all([...this.answered, ...this.unanswered, ...this.witnesses].map((visitor) => this.say(visitor)));
    await Promise.all([...this.answered, ...this.witnesses].map((visitor) => this.answer(first, visitor)));
    await Promise.all([this.chatter(), this.misfortunes().finally(() => (this.over = true))]);
    // The last word goes through every way once more, so that nobody's missing tail is hidden by quiet.
    await Promise.all(this.answered.map((visitor) => this.say(visitor)));
  }

  /** Everybody writes as fast as their outbox is acknowledged, until nothing more is to happen. */
  private async chatter(): Promise<void> {
    const talk = async (say: () => Promise<void>) => {
      while (!this.over || this.written < this.plan.messages) await say();
    };
    let turn = 0;
    const next = () => this.answered[(turn += 1) % this.answered.length];
    // Every eighth is a private note: a place in the order that visitors must not see.
    const kind = () => (turn % 8 === 0 ? 'note' : 'message');
    await Promise.all([
      ...[...this.answered, ...this.unanswered].map((visitor) => talk(() => this.say(visitor))),
      ...this.agents.map((agent) => talk(() => this.answer(agent, next(), kind()))),
    ]);
  }

  private async misfortunes(): Promise<void> {
    const share = this.plan.messages / 4;
    await this.confirmed(share);
    await this.kill(this.witnesses[0]);
    await this.confirmed(share * 2);
    await this.loseNetwork();
    await this.confirmed(share * 3);
    await this.kill(this.witnesses[1]);
  }

  private async kill(witness: Visitor | undefined): Promise<void> {
    if (witness) await this.say(witness);
    await this.stage.crash();
    await wait(300);
    await this.stage.revive();
  }

  /** The flaky way is down for longer than a hasty server would look back. */
  private async loseNetwork(): Promise<void> {
    const [first] = this.agents;
    const friend = this.answered.find((_visitor, place) => place === 1);
    this.stage.flaky.cut();
    await wait(300);
    for (let round = 0; round < 3; round += 1) await this.answer(first, friend);
    await wait(1_200);
    this.stage.flaky.mend();
  }

  private say(visitor: Visitor): Promise<void> {
    return visitor.write(this.words(visitor.name));
  }

  private async answer(agent: Agent | undefined, visitor: Visitor | undefined, kind: 'message' | 'note' = 'message'): Promise<void> {
    if (!agent || !visitor?.conversationId) throw new Error('there is nobody to answer');
    await agent.write(visitor.conversationId, this.words(agent.name), kind);
  }

  private words(name: string): string {
    this.written += 1;
    return `Message ${this.written}, by ${name}: ${'lorem ipsum '.repeat(this.written % 6)}`;
  }

  private async confirmed(count: number): Promise<void> {
    while (this.witnessed.acked.length < count) await wait(10);
  }
}
