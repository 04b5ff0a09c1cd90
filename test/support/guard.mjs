// Outlives the tests for a moment and ends what they started, however they ended: when the test process goes, by kill -9
// too, this one's standard input closes. It runs in its own process group, so Ctrl-C does not reach it.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const processes = new Map();
const folders = new Set();

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { add, drop, folder, removed } = JSON.parse(line);
  if (add) processes.set(add.pid, add.signal);
  if (drop) processes.delete(drop);
  if (folder) folders.add(folder);
  if (removed) folders.delete(removed);
});

const send = (pid, signal) => {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
};

lines.on('close', () => void endAll());

async function endAll() {
  for (const [pid, signal] of processes) send(pid, signal);
  // A stopped process (SIGSTOP) takes the signal only once it goes on.
  for (const pid of processes.keys()) send(pid, 'SIGCONT');
  for (let waited = 0; waited < 30 && [...processes.keys()].some((pid) => send(pid, 0)); waited += 1) await sleep(100);
  for (const pid of processes.keys()) send(pid, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
