import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { processEnvironment } from '@texas-ai/config';

// Preloaded into a worker (`node --import`): writes the longest delay of the event loop since the last SIGWINCH to
// LOOP_PROBE_FILE, periodically.

const resolutionMs = 2;
const file = processEnvironment().LOOP_PROBE_FILE ?? '/dev/null';
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();
process.on('SIGWINCH', () => delay.reset());
setInterval(() => writeFileSync(file, JSON.stringify({ maxMs: delay.max / 1e6 })), 250).unref();
