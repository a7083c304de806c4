export { makeSessionSetup, type SessionOptions, type SessionSetup } from './session.js';
