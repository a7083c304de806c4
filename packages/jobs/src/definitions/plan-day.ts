import { defineJob, generationPayload } from '../definition.js';

export const planDay = defineJob({ name: 'plan-day', version: 1, payload: generationPayload });
