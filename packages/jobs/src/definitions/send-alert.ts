import { z } from 'zod';
import { defineJob } from '../definition.js';

/** Tells one channel of an alert, or of its end. What it says is in the database. */
export const sendAlert = defineJob({
  name: 'send-alert',
  version: 1,
  payload: z.strictObject({
    version: z.literal(1),
    alertId: z.uuid(),
    channel: z.string(),
    phase: z.enum(['raised', 'recovered']),
  }),
});
