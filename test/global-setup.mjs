// Starts one PostgreSQL and one Redis for the whole test run. The packages must be built.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestServices, testServiceVariables } from '../packages/testing/dist/index.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export default async function setUp() {
  const services = await startTestServices(root);
  Object.assign(process.env, testServiceVariables(services));
  globalThis.stopTestServices = services.stop;
}
