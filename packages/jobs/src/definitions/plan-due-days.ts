import { z } from 'zod';
import { defineJob } from '../definition.js';

/** Begins the days of all characters whose planning time has come. */
export const planDueDays = defineJob({
  name: 'plan-due-days',
  version: 1,
  payload: z.strictObject({ version: z.literal(1) }),
});
