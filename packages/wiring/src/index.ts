export {
  makeProcessDeps,
  type ProcessDeps,
  type ProcessDepsOptions,
  type WiringOptions,
} from './process-deps.js';
export { openProcess, type ProcessStart, prepareDatabase, runProcess } from './run-process.js';
