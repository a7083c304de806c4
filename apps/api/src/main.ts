import { keepHeapSmall } from './growing-heap.js';

keepHeapSmall();
const { run } = await import('./serve.js');
await run();
