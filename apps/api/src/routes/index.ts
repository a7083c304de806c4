import type { AppDeps } from '../process/deps.js';
import type { Operation } from '../transport/operation.js';
import { backupOperations } from './backups.js';
import { characterOperations } from './characters.js';
import { costOperations } from './costs.js';
import { dayOperations } from './days.js';
import { eventOperations } from './events.js';
import { generationEventOperations } from './generation-events.js';
import { generationOperations } from './generations.js';
import { healthOperations } from './health.js';
import { interactionOperations } from './interactions.js';
import { legacyOperations } from './legacy.js';
import { metricsOperations } from './metrics.js';
import { momentOperations } from './moment.js';
import { openApiOperations } from './openapi.js';
import { probeOperations } from './probes.js';

/** All operations. To add one, add a file and a line here. */
export function makeOperations(deps: AppDeps): Operation[] {
  const operations = [
    ...characterOperations(deps),
    ...dayOperations(deps),
    ...momentOperations(deps),
    ...eventOperations(deps),
    ...interactionOperations(deps),
    ...generationOperations(deps),
    ...generationEventOperations(deps),
    ...costOperations(deps),
    ...backupOperations(deps),
    ...legacyOperations(deps),
    ...healthOperations(deps),
    ...probeOperations(deps),
    ...metricsOperations(deps),
  ];
  return [...operations, ...openApiOperations(operations, deps.config.server.basePath)];
}
