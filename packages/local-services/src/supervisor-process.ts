/**
 * The supervisor: a separate process and the parent of every service, so that none can run unnoticed. When the
 * channel to its owner closes, for whatever reason, it stops all services, the last started first, and exits.
 * Started with an IPC channel and no arguments.
 */

import { makeSupervisedChildren } from './supervised-children.js';
import type { SupervisorMessage, SupervisorRequest } from './supervisor-channel.js';

const children = makeSupervisedChildren((exit) => send({ kind: 'exit', exit }));

function send(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function handle(request: SupervisorRequest): Promise<void> {
  const { id } = request;
  try {
    if (request.kind === 'start') {
      send({ kind: 'reply', id, pid: await children.start(request.service) });
    } else {
      await children.stop(request.name);
      send({ kind: 'reply', id });
    }
  } catch (failure) {
    const { message, code } = failure as NodeJS.ErrnoException;
    send({ kind: 'reply', id, failure: { message, ...(code === undefined ? {} : { code }) } });
  }
}

function shutDown(): void {
  void children.stopAll().finally(() => process.exit(0));
}

process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('SIGTERM', shutDown);
process.on('disconnect', shutDown);
process.on('message', (request: SupervisorRequest) => void handle(request));
if (process.connected) send({ kind: 'ready' });
else shutDown();
