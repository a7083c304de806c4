import { z } from 'zod';
import { dateText } from '../schemas.js';

export const interactionStatuses = ['planned', 'sent', 'expired', 'failed'] as const;
export type InteractionStatus = (typeof interactionStatuses)[number];

/** A message that the character wants to send, with its time window. */
export const interactionSchema = z
  .object({
    id: z.uuid(),
    /** The local date of its day. */
    date: dateText,
    experienceId: z.uuid(),
    content: z.string(),
    status: z.enum(interactionStatuses),
    /** Instants, RFC 3339, UTC; it is sent between them. */
    windowStart: z.string(),
    windowEnd: z.string(),
  })
  .meta({ id: 'Interaction' });

export type Interaction = z.infer<typeof interactionSchema>;
