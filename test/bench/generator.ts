import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Command, Measured } from './load.js';

type Reply = { result?: Measured; error?: string };

/** The load generator's process, seen from the bench. One command at a time. */
export class Generator {
  private readonly child: ChildProcess;
  private readonly ended: Promise<never>;

  constructor() {
    const hook = new URL('typescript.mjs', import.meta.url).href;
    this.child = fork(new URL('load.ts', import.meta.url).pathname, { execArgv: ['--import', hook] });
    this.ended = once(this.child, 'exit').then(() => Promise.reject(new Error('the load generator ended')));
    this.ended.catch(() => undefined);
  }

  async measure(command: Extract<Command, { do: 'saturate' | 'steady' }>): Promise<Measured> {
    const measured = await this.obey(command);
    if (!measured) throw new Error(`${command.do} measured nothing`);
    return measured;
  }

  async obey(command: Command): Promise<Measured | undefined> {
    const answered = new Promise<Reply>((resolve) => this.child.once('message', (reply) => resolve(reply as Reply)));
    this.child.send(command);
    const { result, error } = await Promise.race([answered, this.ended]);
    if (error !== undefined) throw new Error(`${command.do}: ${error}`);
    return result;
  }

  stop(): void {
    this.child.disconnect();
  }
}
