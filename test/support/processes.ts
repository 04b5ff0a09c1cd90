import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

let guard: ChildProcess | undefined;

/** What is shown of the output of a process that ended by itself. */
const LAST_LINES = 40;

/** A pipe to a child keeps the test process alive unless told otherwise; ending the child is the guard's business. */
function letGo(stream: Readable | Writable | null) {
  if (stream instanceof Socket) stream.unref();
}

function tellGuard(message: object) {
  if (!guard) {
    guard = spawn(process.execPath, [path.join(import.meta.dirname, 'guard.mjs')], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    guard.unref();
    letGo(guard.stdin);
  }
  guard.stdin?.write(`${JSON.stringify(message)}\n`);
}

/** A temporary folder that goes when the tests end. */
export function temporaryFolder(name: string, owner?: { uid: number; gid: number } | null): string {
  const folder = mkdtempSync(path.join(tmpdir(), `sotto-${name}-`));
  tellGuard({ folder });
  if (owner) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

export function removeFolder(folder: string) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  tellGuard({ removed: folder });
}

/** A port nothing listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

interface Start {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  user?: { uid: number; gid: number } | null;
  /** What ends it in good order. */
  stopSignal: NodeJS.Signals;
  input?: string;
}

/** A process that cannot outlive the tests; its output is kept, line by line. */
export class GuardedProcess {
  readonly lines: string[] = [];
  private readonly what: Start;
  private readonly exit: Promise<Exit>;
  private readonly child: ChildProcess;
  private readonly watchers = new Set<() => void>();
  private end: Exit | undefined;
  private told = false;

  constructor(what: Start) {
    this.what = what;
    this.child = spawn(what.command, what.args, {
      cwd: what.cwd,
      env: what.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...what.user,
    });
    if (this.child.pid) tellGuard({ add: { pid: this.child.pid, signal: what.stopSignal } });
    this.child.stdin?.on('error', () => {});
    this.child.stdin?.end(what.input ?? '');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      this.collect(stream);
      letGo(stream);
    }
    this.child.unref();
    this.exit = new Promise((resolve) => {
      const finish = (exit: Exit) => {
        this.end = exit;
        if (!this.told && exit.code !== 0) this.report(exit);
        if (this.child.pid) tellGuard({ drop: this.child.pid });
        this.wake();
        resolve(exit);
      };
      this.child.once('error', (error) => {
        this.lines.push(error.message);
        if (!this.child.pid) finish({ code: 127, signal: null });
      });
      this.child.once('close', (code, signal) => finish({ code, signal }));
    });
  }

  get pid(): number {
    if (!this.child.pid) throw new Error(`${this.what.command} did not start`);
    return this.child.pid;
  }

  get running(): boolean {
    return this.end === undefined;
  }

  get output(): string {
    return this.lines.join('\n');
  }

  /** The first line that matches, from the start of the output on. Fails when the process ends or time runs out. */
  line(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      let seen = 0;
      const finish = (act: () => void) => {
        clearTimeout(timer);
        this.watchers.delete(look);
        act();
      };
      const fail = (why: string) =>
        finish(() => reject(new Error(`${path.basename(this.what.command)} ${why} before it printed ${pattern}\n${this.output}`)));
      const look = () => {
        for (; seen < this.lines.length; seen += 1) {
          const match = pattern.exec(this.lines[seen] ?? '');
          if (match) return finish(() => resolve(match));
        }
        if (this.end) fail(`ended (${this.end.signal ?? this.end.code})`);
      };
      const timer = setTimeout(() => fail(`took more than ${timeoutMs / 1000} s`), timeoutMs);
      this.watchers.add(look);
      look();
    });
  }

  /** Resolves once it ended; waiting for that keeps the test process alive. */
  ended(): Promise<Exit> {
    this.child.ref();
    return this.exit;
  }

  signal(name: NodeJS.Signals) {
    if (!this.running) return;
    if (name !== 'SIGSTOP' && name !== 'SIGCONT') this.told = true;
    this.child.kill(name);
  }

  /** Ends it in good order, and by force after 20 s. */
  async stop(): Promise<Exit> {
    this.signal('SIGCONT');
    this.signal(this.what.stopSignal);
    const force = setTimeout(() => this.signal('SIGKILL'), 20_000);
    const exit = await this.ended();
    clearTimeout(force);
    return exit;
  }

  async kill9(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
  }

  /** Nobody ended it: what it printed last says why the tests after this fail. */
  private report({ code, signal }: Exit) {
    const last = this.lines.slice(-LAST_LINES).join('\n');
    process.stderr.write(`${path.basename(this.what.command)} ended by itself (${signal ?? code}). It printed last:\n${last}\n`);
  }

  private collect(stream: Readable | null) {
    let rest = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      this.lines.push(...parts);
      this.wake();
    });
    stream?.on('end', () => {
      if (rest) this.lines.push(rest);
    });
  }

  private wake() {
    for (const watcher of [...this.watchers]) watcher();
  }
}
