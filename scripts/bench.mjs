import { prepare } from './prepare.mjs';

prepare();
await import('../apps/bench/dist/main.js');
