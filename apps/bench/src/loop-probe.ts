import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { processEnvironment } from '@texas-ai/config';

// Preloaded into a worker (`node --import`): keeps telling, in the file that LOOP_PROBE_FILE names, how
// long the event loop was held at most since the probe was reset by SIGWINCH.

const resolutionMs = 2;
const file = processEnvironment().LOOP_PROBE_FILE ?? '/dev/null';
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();
process.on('SIGWINCH', () => delay.reset());
setInterval(() => writeFileSync(file, JSON.stringify({ maxMs: delay.max / 1e6 })), 250).unref();
