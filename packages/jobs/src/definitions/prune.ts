import { z } from 'zod';
import { defineJob } from '../definition.js';

/** Removes data that are older than the configuration keeps them. */
export const prune = defineJob({
  name: 'prune',
  version: 1,
  payload: z.strictObject({ version: z.literal(1) }),
});
