/**
 * A process of Node seen through its inspector, which SIGUSR1 opens: the port comes from `--inspect-port`, so nothing listens
 * before. https://nodejs.org/api/process.html#signal-events, https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/
 */
export class Inspector {
  private constructor(private readonly socket: WebSocket) {}

  static async open(pid: number, port: number): Promise<Inspector> {
    process.kill(pid, 'SIGUSR1');
    const socket = new WebSocket(await addressOf(port));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`The inspector at port ${port} cannot be reached`));
    });
    return new Inspector(socket);
  }

  /** Once garbage is gone, what is left is what is used. */
  async collectGarbage(): Promise<void> {
    const answered = new Promise((resolve) => (this.socket.onmessage = resolve));
    this.socket.send('{"id":1,"method":"HeapProfiler.collectGarbage"}');
    await answered;
  }

  close(): void {
    this.socket.close();
  }
}

async function addressOf(port: number): Promise<string> {
  for (const giveUp = Date.now() + 10_000; ;) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
    const [target] = answer ? ((await answer.json()) as { webSocketDebuggerUrl: string }[]) : [];
    if (target) return target.webSocketDebuggerUrl;
    if (Date.now() > giveUp) throw new Error(`No inspector opened at port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
