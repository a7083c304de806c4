import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessEnvironment } from '@texas-ai/config';
import type { Guard } from '@texas-ai/local-services';

const appsFolder = fileURLToPath(new URL('../../../', import.meta.url));

export type AppEnvironments = Record<'api' | 'worker', ProcessEnvironment>;

/** The processes of the product itself, started as anybody would in production. */
export async function startApps(
  guard: Guard,
  { root, logs, environments }: { root: string; logs: string; environments: AppEnvironments },
): Promise<void> {
  await Promise.all(
    Object.entries(environments).map(([name, environment]) =>
      guard.spawn({
        name,
        command: process.execPath,
        args: [join(appsFolder, name, 'dist/main.js')],
        env: withoutUnset(environment),
        cwd: root,
        logFile: logFileOf(logs, name),
        stopSignals: ['SIGTERM'],
        stopTimeoutMs: 15_000,
      }),
    ),
  );
}

function withoutUnset(environment: ProcessEnvironment): Record<string, string> {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as Record<string, string>;
}

export function logFileOf(logs: string, name: string): string {
  return join(logs, `${name}.log`);
}

const restartsAtMost = 5;
const withinMs = 60_000;

/**
 * Starts again whatever ends unexpectedly. What ends more than five times in a minute is given up:
 * then `onGivenUp` is told its name.
 */
export function keepAlive(
  guard: Guard,
  { onRestart, onGivenUp }: { onRestart(name: string): void; onGivenUp(name: string): void },
): void {
  const ends = new Map<string, number[]>();
  guard.onUnexpectedExit(({ name }) => {
    const now = performance.now();
    const recent = [...(ends.get(name) ?? []).filter((time) => now - time < withinMs), now];
    ends.set(name, recent);
    if (recent.length > restartsAtMost) return onGivenUp(name);
    onRestart(name);
    guard.restart(name).catch(() => onGivenUp(name));
  });
}
