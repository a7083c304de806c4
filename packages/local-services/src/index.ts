export {
  type LocalServices,
  type LocalServicesOptions,
  startLocalServices,
} from './local-services.js';
export { lockHome } from './lock.js';
export { watchParents } from './parents.js';
export { assertPortFree } from './ports.js';
export { runningDatabaseUrl } from './postgres.js';
export { downloadedClientFolders } from './postgres-client.js';
export type { ServiceExit, ServiceProcess } from './supervised-children.js';
export { type Supervisor, startSupervisor } from './supervisor.js';
