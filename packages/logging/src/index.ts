export { captureConsole } from './capture-console.js';
export { logContext, runWithLogContext } from './context.js';
export {
  type ClosableLogger,
  type LogFormat,
  type LoggerOptions,
  type LogLevel,
  makeLogger,
} from './logger.js';
export { makeRedactor, type Redactor } from './redactor.js';
