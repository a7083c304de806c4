import type { AppDeps } from '../app.js';
import type { Route } from '../route.js';
import { characterRoutes } from './characters.js';
import { dayRoutes } from './days.js';
import { generationRoutes } from './generations.js';
import { healthRoutes } from './health.js';
import { momentRoutes } from './moment.js';

/** Every route of the gateway. To add one: a file and a line here. */
export function makeRoutes(deps: AppDeps): Route[] {
  return [
    ...healthRoutes(deps),
    ...characterRoutes(deps),
    ...generationRoutes(deps),
    ...dayRoutes(deps),
    ...momentRoutes(deps),
  ];
}
