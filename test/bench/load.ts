/** The load generator, in a process of its own. Drives any server that speaks the protocol; commanded over IPC. */
import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { Wire } from './wire.js';

export interface Target {
  port: number;
  origin: string;
  visitors: { token: string }[];
  /** What an agent's socket shows: a cookie for the product, nothing for the bare limit. */
  agents: { cookie?: string }[];
}

export type Command =
  | { do: 'join'; target: Target }
  /** Every visitor begins a conversation and sends its first messages, each after the ack of the one before. */
  | { do: 'begin' }
  /** Closed loop: `outstanding` messages always under way. */
  | { do: 'saturate'; seconds: number; outstanding: number }
  /** Open loop: `rate` messages a second, whatever the server does. */
  | { do: 'steady'; seconds: number; rate: number }
  /** That many further visitor sockets, silent, kept until `part`. */
  | { do: 'idle'; count: number }
  | { do: 'part' };

export interface Measured {
  /** All messages sent, warm-up included. */
  sent: number;
  /** Messages acknowledged a second, warm-up not counted. */
  perSecond: number;
  refused: number;
  /** Messages some agent was never told of. */
  undelivered: number;
  /** Milliseconds. */
  ack: Percentiles;
  delivery: Percentiles;
}
export interface Percentiles {
  p50: number;
  p99: number;
}

/** Warm-up of every measurement, in seconds: the first messages after a pause are not what is asked for. */
const WARM_UP = 1;
const BODY = 120;
/** Messages that begin a conversation: what the filter reads of one that nobody answers. */
const FIRST_MESSAGES = 11;
/** Visitors who begin at the same time. */
const BEGINNERS = 16;

interface Flight {
  at: number;
  /** The agent whose delivery is timed; each message another one, so the order of the broadcast cancels out. */
  watcher: number;
  measured: boolean;
}

class Load {
  private idle: Wire[] = [];
  private visitors: { wire: Wire; conversationId: string }[] = [];
  private joined: Wire[] = [];
  private readonly flights = new Map<string, Flight>();
  private numbered = 0;
  private sent = 0;
  private acked = 0;
  private window = { from: 0, until: 0 };
  private refused = 0;
  private outstanding = 0;
  private ackTimes: number[] = [];
  private deliveryTimes: number[] = [];
  private target: Target | undefined;

  async join(target: Target): Promise<void> {
    this.target = target;
    for (const [place, agent] of target.agents.entries()) {
      const onEvent = (frame: Buffer) => this.delivered(place, frame);
      await Wire.open({ port: target.port, namespace: '/agent', cookie: agent.cookie, origin: target.origin, onEvent });
    }
    this.joined = await inTurns(target.visitors, 16, ({ token }) => this.visitor(token));
  }

  async start(): Promise<void> {
    this.visitors = await inTurns(this.joined, BEGINNERS, async (wire) => {
      const message = { clientMessageId: uuidv7(), body: 'Hello' };
      const { conversationId } = await wire.call<{ conversationId: string }>('conversation.start', {
        clientConversationId: uuidv7(),
        message,
      });
      for (let sent = 1; sent < FIRST_MESSAGES; sent += 1)
        await wire.call('message.send', { conversationId, clientMessageId: uuidv7(), body: bodyOf(sent) });
      return { wire, conversationId };
    });
  }

  async saturate(seconds: number, outstanding: number): Promise<Measured> {
    const { from, until } = this.begin(seconds);
    const next = (): void => {
      const now = performance.now();
      if (now < until) this.send(now >= from, next);
    };
    for (let slot = 0; slot < outstanding; slot += 1) next();
    return this.end(seconds);
  }

  async steady(seconds: number, rate: number): Promise<Measured> {
    const { from, until } = this.begin(seconds);
    const start = performance.now();
    let due = 0;
    for (let now = start; now < until; now = performance.now()) {
      for (; due <= ((now - start) / 1_000) * rate; due += 1) this.send(now >= from);
      await wait(1);
    }
    return this.end(seconds);
  }

  async openIdle(count: number): Promise<void> {
    const tokens = this.target?.visitors ?? [];
    const wanted = Array.from({ length: count }, (_, place) => tokens[place % tokens.length]?.token ?? '');
    this.idle = await inTurns(wanted, 16, (token) => this.visitor(token));
  }

  async closeIdle(): Promise<void> {
    await Promise.all(this.idle.map((wire) => wire.close()));
    this.idle = [];
  }

  private visitor(token: string): Promise<Wire> {
    const { port = 0, origin = '' } = this.target ?? {};
    return Wire.open({ port, namespace: '/visitor', auth: { token }, origin });
  }

  private begin(seconds: number): { from: number; until: number } {
    this.flights.clear();
    [this.sent, this.acked, this.refused, this.ackTimes, this.deliveryTimes] = [0, 0, 0, [], []];
    const from = performance.now() + WARM_UP * 1_000;
    this.window = { from, until: from + seconds * 1_000 };
    return this.window;
  }

  /** Waits for what is still under way, then counts. */
  private async end(seconds: number): Promise<Measured> {
    while (performance.now() < this.window.until) await wait(20);
    const giveUp = performance.now() + 10_000;
    while ((this.outstanding > 0 || this.flights.size > 0) && performance.now() < giveUp) await wait(20);
    const undelivered = this.flights.size;
    const perSecond = this.acked / seconds;
    return {
      sent: this.sent,
      perSecond,
      refused: this.refused,
      undelivered,
      ack: percentiles(this.ackTimes),
      delivery: percentiles(this.deliveryTimes),
    };
  }

  private send(measured: boolean, then?: () => void): void {
    const number = (this.numbered += 1);
    const visitor = this.visitors[number % this.visitors.length];
    if (!visitor) throw new Error('no visitor has joined');
    const clientMessageId = uuidv7();
    const at = performance.now();
    this.flights.set(clientMessageId, { at, watcher: number % (this.target?.agents.length ?? 1), measured });
    this.outstanding += 1;
    this.sent += 1;
    const json = `{"conversationId":"${visitor.conversationId}","clientMessageId":"${clientMessageId}","body":"${bodyOf(number)}"}`;
    visitor.wire.send('message.send', json, (answer) => {
      this.outstanding -= 1;
      if (!answer.includes('"ok":true')) {
        this.refused += 1;
        this.flights.delete(clientMessageId);
      } else {
        const now = performance.now();
        if (now >= this.window.from && now < this.window.until) this.acked += 1;
        if (measured) this.ackTimes.push(now - at);
      }
      then?.();
    });
  }

  private delivered(agent: number, frame: Buffer): void {
    const found = frame.indexOf('"clientMessageId":"');
    if (found < 0) return;
    const id = frame.toString('latin1', found + 19, found + 55);
    const flight = this.flights.get(id);
    if (flight?.watcher !== agent) return;
    this.flights.delete(id);
    if (flight.measured) this.deliveryTimes.push(performance.now() - flight.at);
  }
}

function bodyOf(number: number): string {
  return `Message ${number} of a visitor who would like to know where the parcel is. `.padEnd(BODY, 'and so on ');
}

function percentiles(times: number[]): Percentiles {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

async function inTurns<T, R>(items: T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let place = next++; place < items.length; place = next++) results[place] = await work(items[place] as T);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

const load = new Load();

function obey(command: Command): Promise<Measured | void> {
  switch (command.do) {
    case 'join':
      return load.join(command.target);
    case 'begin':
      return load.start();
    case 'saturate':
      return load.saturate(command.seconds, command.outstanding);
    case 'steady':
      return load.steady(command.seconds, command.rate);
    case 'idle':
      return load.openIdle(command.count);
    case 'part':
      return load.closeIdle();
  }
}

process.on('message', (command: Command) => {
  obey(command).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
