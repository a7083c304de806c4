import { parseArgs } from 'node:util';
import { startFakeGemini } from './fake-gemini.js';

// For a person to try: `node packages/testing/dist/fake-gemini-main.js --port 9999 --latency 500`.

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, latency: { type: 'string', default: '0' } },
});
const server = await startFakeGemini({
  port: Number(values.port),
  latencyMs: Number(values.latency),
});
process.stdout.write(`${server.url}\n`);
