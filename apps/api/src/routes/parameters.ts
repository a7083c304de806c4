import { dateText } from '@texas-ai/life';
import { z } from 'zod';

// Parameters that several operations have.

const character = z
  .string()
  .regex(/^[^\0]*$/, 'a character’s id')
  .meta({ description: 'A character’s id.', example: 'texas' });

export const characterParams = z.strictObject({ character });

export const dayParams = z.strictObject({
  character,
  date: dateText.meta({
    description: 'A local date of the character, `YYYY-MM-DD`.',
    example: '2026-11-23',
  }),
});

export const ifNoneMatch = z.string().optional().meta({
  title: 'If-None-Match',
  description: 'The `ETag` of the answer that the client has.',
});
