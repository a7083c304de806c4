import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

export interface Load {
  requestsPerSecond: number;
  /** The 99th percentile of the latency, in milliseconds. */
  p99: number;
}

/** Checks that wrk is available; root on Debian installs it if necessary. Throws otherwise. */
export function ensureWrk(): void {
  const found = () => runs('wrk', ['--version']);
  if (found()) return;
  if (process.getuid?.() === 0) {
    runs('apt-get', ['install', '-y', '--no-install-recommends', 'wrk']);
  }
  if (!found()) throw new Error('wrk is not installed: run “apt-get install wrk”.');
}

/** wrk exits with 1 after printing its version. */
function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    return error instanceof Error && 'status' in error && error.status === 1;
  }
}

/** Requests one URL as fast as possible on 32 connections. Rejects if any response is not a success. */
export async function load(url: string, key: string, seconds: number): Promise<Load> {
  const { stdout } = await promisify(execFile)('wrk', [
    '--threads=1',
    '--connections=32',
    `--duration=${seconds}s`,
    '--latency',
    '--header',
    `Authorization: Bearer ${key}`,
    url,
  ]);
  const failed = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)/.exec(stdout);
  if (failed) throw new Error(`${url}: ${failed[0]}`);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1];
  const latency = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout);
  const scale = { us: 0.001, ms: 1, s: 1000 }[latency?.[2] ?? ''];
  if (rate === undefined || scale === undefined)
    throw new Error(`Unexpected output of wrk: ${stdout}`);
  return { requestsPerSecond: Number(rate), p99: Number(latency?.[1]) * scale };
}
