export type { ProxySettings } from './proxy-for.js';
export { type Egress, useProxy } from './use-proxy.js';
