import { z } from 'zod';
import { defineJob } from '../definition.js';

/** Dumps the database: for the backup that was asked for, or, where none is named, for a new one. */
export const backup = defineJob({
  name: 'backup',
  version: 1,
  payload: z.strictObject({ version: z.literal(1), backupId: z.uuid().optional() }),
});
