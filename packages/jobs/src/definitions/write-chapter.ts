import { z } from 'zod';
import { defineJob, generationPayload } from '../definition.js';

export const writeChapter = defineJob({
  name: 'write-chapter',
  version: 1,
  payload: generationPayload.extend({ chapter: z.number().int().min(0) }),
});
