export { makeProcessDeps, type ProcessDeps, type WiringOptions } from './process-deps.js';
export { openProcess, prepareDatabase, runProcess } from './run-process.js';
