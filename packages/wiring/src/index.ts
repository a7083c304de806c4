export {
  makeProcessDeps,
  type ProcessDeps,
  type ProcessDepsOptions,
  type WiringOptions,
} from './process-deps.js';
