import { setFlagsFromString } from 'node:v8';

// While modules load, V8 would double its young generation several times, which would cost an idle
// process 20 MB permanently. The heap may grow once the api is ready.
setFlagsFromString('--semi-space-growth-factor=1');
const { run } = await import('./process/serve.js');
await run();
