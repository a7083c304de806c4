import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessEnvironment } from '@texas-ai/config';
import type { Supervisor } from '@texas-ai/local-services';

const appsFolder = fileURLToPath(new URL('../../../', import.meta.url));

export type AppEnvironments = Record<'api' | 'worker', ProcessEnvironment>;

/** Node's options, as in `docker/Dockerfile`: a small young generation costs the api hardly any CPU. */
const nodeArgs: Readonly<Record<string, readonly string[]>> = { api: ['--max-semi-space-size=4'] };

/** Starts api and worker with the same commands as in production. */
export async function startApps(
  supervisor: Supervisor,
  { root, logs, environments }: { root: string; logs: string; environments: AppEnvironments },
): Promise<void> {
  await Promise.all(
    Object.entries(environments).map(([name, environment]) =>
      supervisor.spawn({
        name,
        command: process.execPath,
        args: [...(nodeArgs[name] ?? []), join(appsFolder, name, 'dist/main.js')],
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
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

export function logFileOf(logs: string, name: string): string {
  return join(logs, `${name}.log`);
}

const maxRestarts = 5;
const restartWindowMs = 60_000;

/** Restarts processes that exit unexpectedly. After five restarts of one within a minute, calls `onGiveUp` instead. */
export function keepAlive(
  supervisor: Supervisor,
  { onRestart, onGiveUp }: { onRestart(name: string): void; onGiveUp(name: string): void },
): void {
  const exits = new Map<string, number[]>();
  supervisor.onUnexpectedExit(({ name }) => {
    const now = performance.now();
    const earlier = exits.get(name) ?? [];
    const recent = [...earlier.filter((time) => now - time < restartWindowMs), now];
    exits.set(name, recent);
    if (recent.length > maxRestarts) return onGiveUp(name);
    onRestart(name);
    supervisor.restart(name).catch(() => onGiveUp(name));
  });
}
