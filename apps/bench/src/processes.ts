import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

// Process statistics from Linux' /proc.

/** The unit in `/proc/PID/stat`, on all platforms of Node. */
const ticksPerSecond = 100;

/** Resident memory of a process in MB. */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

interface Stat {
  parent: number;
  /** Seconds of CPU, of the process itself and of its exited children. */
  own: number;
  endedChildren: number;
}

function statOf(pid: number): Stat {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The fields after the name, which is in parentheses and may contain anything: state, parent, …
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const seconds = (first: number) =>
    (Number(fields[first]) + Number(fields[first + 1])) / ticksPerSecond;
  return { parent: Number(fields[1]), own: seconds(11), endedChildren: seconds(13) };
}

/** Seconds of CPU of a process, all threads together. */
export function cpuSeconds(pid: number): number {
  return statOf(pid).own;
}

/** Seconds of CPU of the PostgreSQL server of a connection, all processes together. */
export async function postgresCpuSeconds(client: pg.Client | pg.Pool): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const server = statOf(rows[0]?.pid ?? 0).parent;
  const { own, endedChildren } = statOf(server);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => tryStat(Number(name)))
    .filter((stat) => stat?.parent === server);
  return own + endedChildren + children.reduce((sum, stat) => sum + (stat?.own ?? 0), 0);
}

/** Undefined if the process has exited. */
function tryStat(pid: number): Stat | undefined {
  try {
    return statOf(pid);
  } catch {
    return undefined;
  }
}
