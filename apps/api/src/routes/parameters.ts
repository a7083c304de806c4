import { dateText } from '@texas-ai/life';
import { z } from 'zod';

// Path parameters that several operations have.

const character = z.string().meta({ description: 'A character’s id.', example: 'texas' });

export const characterParams = z.strictObject({ character });

export const dayParams = z.strictObject({
  character,
  date: dateText.meta({
    description: 'A local date of the character, `YYYY-MM-DD`.',
    example: '2026-11-23',
  }),
});
