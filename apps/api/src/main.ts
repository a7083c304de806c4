import { keepHeapSmall } from './process/growing-heap.js';

keepHeapSmall();
const { run } = await import('./process/serve.js');
await run();
