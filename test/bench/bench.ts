/**
 * `npm run bench [-- messages latency sockets]`: Sotto and the bare limit, side by side on this machine. `-- login`: see login.ts.
 * `-- screening`: see screening-bench.ts and arrivals.ts.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { startPostgres, type PrivatePostgres } from '../support/index.js';
import { Generator } from './generator.js';
import { measureArrivals } from './arrivals.js';
import { Inspector } from './inspector.js';
import { measureLogins } from './login.js';
import type { Measured } from './load.js';
import { cpuSeconds, residentBytes } from './proc.js';
import { Figures, goals, table } from './report.js';
import { measureScreening } from './screening-bench.js';
import { AGENTS, startLimit, startProduct, VISITORS, type Subject } from './subjects.js';

const SECTIONS = ['messages', 'latency', 'sockets', 'screening', 'login'] as const;
/** Takes half an hour: only when it is asked for. */
const SLOW: Section = 'login';
/** These need no server under test. */
const ALONE: readonly Section[] = ['screening', SLOW];
type Section = (typeof SECTIONS)[number];

const ROUNDS = 3;
const SECONDS = 4;
const OUTSTANDING = 200;
const LATENCY_RATE = 500;
/** CPU is compared at one rate for all: three fifths of what Sotto manages, or this. */
const HIGHEST_CPU_RATE = 2_000;
const IDLE_SOCKETS = 2_000;
/** What a conversation's first messages cost is measured apart: by then the filter has read them. */
const BEGUN_AFTER_MS = 3_000;

function chosenSections(words: string[]): Section[] {
  const unknown = words.find((word) => !SECTIONS.some((section) => section === word));
  if (unknown !== undefined) throw new Error(`There is no section "${unknown}". The sections are ${SECTIONS.join(', ')}.`);
  return words.length === 0 ? SECTIONS.filter((section) => section !== SLOW) : SECTIONS.filter((section) => words.includes(section));
}

class Bench {
  private readonly figures = new Figures();
  private readonly generators = new Map<Subject, Generator>();
  private cpuRate = 0;

  constructor(
    private readonly sections: Section[],
    private readonly postgres: PrivatePostgres,
    private readonly subjects: Subject[],
  ) {}

  async run(): Promise<void> {
    // A generator of its own for each, connected all the time: only one of them is at work at any moment.
    for (const subject of this.subjects) {
      const generator = new Generator();
      this.generators.set(subject, generator);
      await generator.obey({ do: 'join', target: subject.target });
    }
    await this.inTurn((subject, generator) => this.beginning(subject, generator));
    for (let round = 1; round <= ROUNDS; round += 1) {
      if (this.sections.includes('messages')) {
        await this.inTurn((subject, generator) => this.saturation(subject, generator));
        this.cpuRate ||= Math.max(
          100,
          Math.min(HIGHEST_CPU_RATE, Math.floor((this.figures.median('saturation', 'Sotto') * 0.6) / 100) * 100),
        );
        await this.inTurn((subject, generator) => this.cpu(subject, generator));
      }
      if (this.sections.includes('latency')) await this.inTurn((subject, generator) => this.latency(subject, generator));
      console.log(`Round ${round} of ${ROUNDS} done.`);
    }
    if (this.sections.includes('sockets')) await this.inTurn((subject, generator) => this.sockets(subject, generator));
  }

  report(): void {
    console.log(`\n${VISITORS} visitors, ${AGENTS} agents, bodies of 120 bytes; medians of ${ROUNDS} rounds, taken in turns.`);
    if (this.sections.includes('messages')) {
      console.log(`Saturation with ${OUTSTANDING} under way, CPU at ${this.cpuRate} messages/s.`);
    }
    if (this.sections.includes('latency')) console.log(`Ack and delivery at ${LATENCY_RATE} messages/s.`);
    console.log(`\n${table(this.figures)}\n\n${goals(this.figures)}`);
  }

  async close(): Promise<void> {
    for (const generator of this.generators.values()) generator.stop();
    await Promise.all(this.subjects.map((subject) => subject.stop()));
  }

  private async inTurn(measure: (subject: Subject, generator: Generator) => Promise<void>): Promise<void> {
    for (const [subject, generator] of this.generators) await measure(subject, generator);
  }

  private async beginning(subject: Subject, generator: Generator): Promise<void> {
    const before = { node: cpuSeconds(subject.pid), postgres: cpuSeconds(this.postgres.pid) };
    await generator.obey({ do: 'begin' });
    await wait(BEGUN_AFTER_MS);
    const forOne = (spent: number) => (spent / VISITORS) * 1_000;
    this.figures.add('beginNode', subject.name, forOne(cpuSeconds(subject.pid) - before.node));
    this.figures.add('beginPostgres', subject.name, forOne(cpuSeconds(this.postgres.pid) - before.postgres));
  }

  private async saturation(subject: Subject, generator: Generator): Promise<void> {
    const measured = await generator.measure({ do: 'saturate', seconds: SECONDS, outstanding: OUTSTANDING });
    this.figures.add('saturation', subject.name, measured.perSecond);
    this.complain(subject, measured);
  }

  private async cpu(subject: Subject, generator: Generator): Promise<void> {
    const before = { node: cpuSeconds(subject.pid), postgres: cpuSeconds(this.postgres.pid) };
    const measured = await generator.measure({ do: 'steady', seconds: SECONDS, rate: this.cpuRate });
    const perThousand = (spent: number) => (spent / measured.sent) * 1_000;
    this.figures.add('node', subject.name, perThousand(cpuSeconds(subject.pid) - before.node));
    this.figures.add('postgres', subject.name, perThousand(cpuSeconds(this.postgres.pid) - before.postgres));
    this.complain(subject, measured);
  }

  private async latency(subject: Subject, generator: Generator): Promise<void> {
    const measured = await generator.measure({ do: 'steady', seconds: SECONDS, rate: LATENCY_RATE });
    this.figures.add('ack50', subject.name, measured.ack.p50);
    this.figures.add('ack99', subject.name, measured.ack.p99);
    this.figures.add('delivery50', subject.name, measured.delivery.p50);
    this.figures.add('delivery99', subject.name, measured.delivery.p99);
    this.complain(subject, measured);
  }

  private async sockets(subject: Subject, generator: Generator): Promise<void> {
    const inspector = await Inspector.open(subject.pid, subject.inspectPort);
    const settled = async () => {
      await wait(1_000);
      await inspector.collectGarbage();
      return residentBytes(subject.pid);
    };
    const before = await settled();
    await generator.obey({ do: 'idle', count: IDLE_SOCKETS });
    this.figures.add('socket', subject.name, ((await settled()) - before) / IDLE_SOCKETS / 1_024);
    inspector.close();
    await generator.obey({ do: 'part' });
  }

  /** A figure bought with refusals or losses is none. */
  private complain(subject: Subject, { refused, undelivered }: Measured): void {
    if (refused + undelivered > 0) console.log(`${subject.name}: ${refused} refused, ${undelivered} never delivered.`);
  }
}

async function compareServers(sections: Section[], postgres: PrivatePostgres): Promise<void> {
  const subjects = [await startProduct(postgres), await startLimit(postgres, 'statement'), await startLimit(postgres, 'group')];
  const bench = new Bench(sections, postgres, subjects);
  try {
    await bench.run();
    bench.report();
  } finally {
    await bench.close();
  }
}

const chosen = chosenSections(process.argv.slice(2));
const sections = chosen.filter((section) => !ALONE.includes(section));
if (chosen.includes('screening')) measureScreening();
const postgres = await startPostgres({ durable: true });
try {
  if (chosen.includes('screening')) await measureArrivals(postgres);
  if (chosen.includes(SLOW)) await measureLogins(postgres);
  if (sections.length > 0) await compareServers(sections, postgres);
} finally {
  await postgres.stop();
}
