import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

export interface Load {
  requestsPerSecond: number;
  /** Milliseconds that 99 % of the requests stayed below. */
  p99: number;
}

/** Sees that wrk is there; as root on Debian it is installed if need be. Throws where it cannot be. */
export function bringWrk(): void {
  const found = () => runs('wrk', ['--version']);
  if (found()) return;
  if (process.getuid?.() === 0) {
    runs('apt-get', ['install', '-y', '--no-install-recommends', 'wrk']);
  }
  if (!found()) throw new Error('wrk is not installed: “apt-get install wrk” brings it.');
}

/** wrk itself exits with 1 when it prints its version. */
function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    return error instanceof Error && 'status' in error && error.status === 1;
  }
}

/** Asks one address as fast as 32 connections can. Rejects where any answer was not a success. */
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
  if (rate === undefined || scale === undefined) throw new Error(`wrk said: ${stdout}`);
  return { requestsPerSecond: Number(rate), p99: Number(latency?.[1]) * scale };
}
