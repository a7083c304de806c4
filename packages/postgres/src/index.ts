export {
  makeSessionSetup,
  type Session,
  type SessionOptions,
  type SessionSetup,
} from './session.js';
