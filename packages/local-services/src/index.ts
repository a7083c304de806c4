export { type Guard, startGuard } from './guard.js';
export type { ServiceExit, ServiceProcess } from './guarded-children.js';
export {
  type LocalServices,
  type LocalServicesOptions,
  startLocalServices,
} from './local-services.js';
export { lockHome } from './lock.js';
export { watchParents } from './parents.js';
export { assertPortFree } from './ports.js';
export { runningDatabaseUrl } from './postgres.js';
export { broughtClientFolders } from './postgres-client.js';
