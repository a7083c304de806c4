/**
 * The guard: a process of its own that is the parent of every service, so that there is no moment
 * in which one runs unnoticed. When the channel to its owner closes, however the owner ended, it
 * stops all services, the last started first, and ends. Run with an IPC channel and nothing else.
 */
import type { GuardMessage, GuardRequest } from './guard-protocol.js';
import { makeGuardedChildren } from './guarded-children.js';

const children = makeGuardedChildren((exit) => tell({ kind: 'exit', exit }));

function tell(message: GuardMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function answer(request: GuardRequest): Promise<void> {
  const { id } = request;
  try {
    if (request.kind === 'start') {
      tell({ kind: 'reply', id, pid: await children.start(request.service) });
    } else {
      await children.stop(request.name);
      tell({ kind: 'reply', id });
    }
  } catch (failure) {
    const { message, code } = failure as NodeJS.ErrnoException;
    tell({ kind: 'reply', id, failure: { message, ...(code === undefined ? {} : { code }) } });
  }
}

function end(): void {
  void children.stopAll().finally(() => process.exit(0));
}

process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('SIGTERM', end);
process.on('disconnect', end);
process.on('message', (request: GuardRequest) => void answer(request));
if (process.connected) tell({ kind: 'ready' });
else end();
