export { type Egress, useProxy } from './use-proxy.js';
