import { z } from 'zod';
import { defineJob } from '../definition.js';

/** Restores the last good backup into a scratch database and compares. */
export const verifyBackup = defineJob({
  name: 'verify-backup',
  version: 1,
  payload: z.strictObject({ version: z.literal(1) }),
});
