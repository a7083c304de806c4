export { startLocalServices } from './local-services.js';
export { lockHome } from './lock.js';
export { watchParents } from './parents.js';
export { assertPortFree } from './ports.js';
export { runningDatabaseUrl } from './postgres.js';
export { downloadedClientFolders } from './postgres-client.js';
export { type Supervisor, startSupervisor } from './supervisor.js';
