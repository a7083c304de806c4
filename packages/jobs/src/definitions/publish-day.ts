import { defineJob, generationPayload } from '../definition.js';

export const publishDay = defineJob({
  name: 'publish-day',
  version: 1,
  payload: generationPayload,
});
