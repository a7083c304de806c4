import { z } from 'zod';
import {
  category,
  fields,
  flag,
  level,
  name,
  optionalText,
  shortTexts,
  text,
  time,
} from './draft-fields.js';

// The format of an author's answers. These schemas are sent to the model and validate its answers. Times
// are free text, because models write them in many ways; `repairPlan` reads them.

export const itemDraftSchema = fields(
  {
    start: time.describe('Local time the item begins, HH:MM'),
    end: time.describe('Local time the item ends, HH:MM; 24:00 is the end of the day'),
    title: text.describe('A few words'),
    category,
    priority: level,
    location: name.describe('Where it happens'),
    description: text.describe('One or two sentences: what she does there and why'),
    companions: shortTexts.describe('Names of companions from the profile; empty if alone'),
    weatherAffected: flag,
    emotionalTags: shortTexts.describe('One to three feelings'),
    interactionPotential: level.describe('How likely she reaches out to her owner'),
  },
  { texts: ['title', 'location', 'description'], times: ['start', 'end'] },
);

/** A plan as an author writes it: the waking hours of one day. */
export const planDraftSchema = fields(
  {
    summary: text.describe('The day in two or three sentences'),
    items: z.array(itemDraftSchema).min(1).describe('The waking hours, in order, without gaps'),
  },
  { texts: ['summary'] },
);

export const slotTextSchema = fields(
  {
    content: text.describe('What happens in these minutes, 2-4 sentences, third person'),
    emotions: shortTexts.describe('One to three feelings'),
    thoughts: text.describe('What she thinks, in her own voice'),
    interaction: optionalText.describe(
      'The message she sends her owner, or null where none is wanted',
    ),
  },
  { texts: ['content', 'thoughts', 'interaction'] },
);

/** A chapter as an author writes it: one text per slot, in the order of the slots. */
export const chapterDraftSchema = fields(
  {
    texts: z.array(slotTextSchema).min(1).describe('One text per slot, in order'),
  },
  { texts: [] },
);

export type ItemDraft = z.infer<typeof itemDraftSchema>;
export type PlanDraft = z.infer<typeof planDraftSchema>;
export type SlotText = z.infer<typeof slotTextSchema>;
export type ChapterDraft = z.infer<typeof chapterDraftSchema>;
