import { fileURLToPath } from 'node:url';
import { processEnvironment } from '@texas-ai/config';
import { startSupervisor } from '@texas-ai/local-services';
import { makeLogSpy } from '@texas-ai/testing';
import type { Fixtures } from './fixtures.js';
import type { Reply, Task } from './measurement-process.js';
import { measurements } from './registry.js';

// The process of one measurement. Processes that it started exit with it.

process.once('message', async (task: Task) => {
  const reply = await measure(task).catch((error): Reply => ({ failure: sentenceOf(error) }));
  process.send?.(reply, () => process.exit(0));
});
// The parent process is gone.
process.once('disconnect', () => process.exit(1));

async function measure({ id, servers, folder, fixtures }: Task): Promise<Reply> {
  const measurement = measurements.find((each) => each.id === id);
  if (!measurement) throw new Error(`There is no measurement ${id}.`);
  const environment = processEnvironment();
  const supervisor = await startSupervisor(environment);
  const bench = {
    servers,
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    folder,
    environment,
    supervisor,
    logger: makeLogSpy(),
  };
  try {
    return { figures: await measurement.measure(bench, fixtures as Fixtures) };
  } finally {
    await supervisor.stopAll();
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
