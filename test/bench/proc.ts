import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc/PID/stat. Linux reports 100 to user space on every machine. */
const TICKS = 100;

interface Stat {
  parent: number;
  /** Own time and that of children already gone. */
  ticks: number;
}

/** CPU seconds used so far by a process and everything it started. */
export function cpuSeconds(pid: number): number {
  const all = processes();
  const family = new Set([pid]);
  // A child may be listed before its parent, so look until nobody new turns up.
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const [child, { parent }] of all) if (family.has(parent)) family.add(child);
  }
  return [...family].reduce((sum, member) => sum + (all.get(member)?.ticks ?? 0), 0) / TICKS;
}

/** Resident memory of one process, in bytes. */
export function residentBytes(pid: number): number {
  const [, kib = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1_024;
}

function processes(): Map<number, Stat> {
  const found = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
    if (stat) found.set(Number(name), stat);
  }
  return found;
}

function statOf(name: string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The name in brackets may hold spaces; the fields behind it are counted from the last bracket (proc(5)).
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
    return { parent: fields[1] ?? 0, ticks: utime + stime + cutime + cstime };
  } catch {
    return undefined;
  }
}
