export { Temporal } from 'temporal-polyfill';
export {
  type AlertCondition,
  type AlertKind,
  type AlertLevel,
  type Alerts,
  alertKinds,
} from './alerts.js';
export { type Clock, systemClock } from './clock.js';
export { makeOwner, type Owner } from './closing.js';
export { asTexasError, type ErrorCode, explain, TexasError } from './errors.js';
export type { LogFields, Logger } from './logger.js';
export { percentDecoded, withEncodedPercents } from './percent-encoding.js';
export {
  type Program,
  type ProgramExit,
  type ProgramOptions,
  programVersion,
  readText,
  runProgram,
  startProgram,
} from './program.js';
export { type Random, seededRandom } from './random.js';
export { decodeText, unstorableTexts } from './text.js';
export {
  formatMinute,
  instantOf,
  localDate,
  localMinute,
  type MinuteOfDay,
  minutesPerDay,
  parseDate,
  parseMinute,
} from './time.js';
export { timeZoneSchema } from './time-zone.js';
