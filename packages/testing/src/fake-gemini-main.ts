import { parseArgs } from 'node:util';
import { geminiRefusals, isRefusal } from './fake-gemini/refusals.js';
import { startFakeGemini } from './fake-gemini/server.js';

// For manual tests: `node packages/testing/dist/fake-gemini-main.js --port 9999 --latency 500`, with
// `--refuse newUser` to refuse every call.

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    latency: { type: 'string', default: '0' },
    refuse: { type: 'string' },
  },
});
const { refuse = null } = values;
if (refuse !== null && !isRefusal(refuse)) {
  process.stderr.write(`--refuse: expected one of ${geminiRefusals.join(', ')}.\n`);
  process.exit(1);
}
const server = await startFakeGemini({
  port: Number(values.port),
  latencyMs: Number(values.latency),
});
server.refuse(refuse);
process.stdout.write(`${server.url}\n`);
