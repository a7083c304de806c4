import type { Slot } from '../day/plan.js';
import { isBlank, isNoMessage } from './blank-text.js';
import { cleanProse, cleanTags, notedText } from './clean-text.js';
import type { ChapterDraft, SlotText } from './draft.js';
import { limits } from './limits.js';
import type { Note, RepairNote } from './repair-notes.js';

export interface CheckedChapter {
  /** One text per slot, in order; empty when there are problems. */
  texts: SlotText[];
  repairs: RepairNote[];
  /** What only the author can correct, one sentence each. */
  problems: string[];
}

/**
 * Checks the texts of a chapter against its slots, cleans and shortens them. An unwanted message is
 * dropped; a missing one is accepted if the chapter has another. Missing thoughts stay empty: a generated
 * sentence would be repeated all day.
 */
export function checkChapter(draft: ChapterDraft, slots: readonly Slot[]): CheckedChapter {
  if (draft.texts.length !== slots.length) {
    const problem = `The chapter has ${slots.length} slots, but the answer has ${draft.texts.length} texts. Write one text per slot, in order.`;
    return { texts: [], repairs: [], problems: [problem] };
  }
  const repairs: RepairNote[] = [];
  const note: Note = (rule, message) => repairs.push({ rule, message });
  const texts = draft.texts.map((text, i) =>
    checkText(text, slots[i]?.wantsInteraction === true, `text ${i + 1}`, note),
  );
  const problems = texts.flatMap((text, i) =>
    isBlank(text.content) ? [`Text ${i + 1} has no content.`] : [],
  );
  const wanted = slots.flatMap((slot, i) => (slot.wantsInteraction ? [i] : []));
  if (wanted.length > 0 && wanted.every((i) => texts[i]?.interaction === null)) {
    const ordinals = wanted.map((i) => i + 1).join(', ');
    problems.push(`None of the texts that need a message to the owner has one: ${ordinals}.`);
  }
  return problems.length > 0 ? { texts: [], repairs, problems } : { texts, repairs, problems };
}

function checkText(text: SlotText, wanted: boolean, name: string, note: Note): SlotText {
  const content = notedText(
    cleanProse(text.content, limits.content),
    `the content of ${name}`,
    note,
  );
  const thoughts = notedText(
    cleanProse(text.thoughts, limits.thoughts),
    `the thoughts of ${name}`,
    note,
  );
  const emotions = cleanTags(text.emotions, name, note);
  const message = cleanProse(text.interaction ?? '', limits.interaction);
  if (isBlank(thoughts)) note('thoughts-missing', `left ${name} without thoughts: there were none`);
  const written = { content, emotions, thoughts: isBlank(thoughts) ? '' : thoughts };
  if (!wanted) {
    if (!isNoMessage(message.text))
      note('interaction-dropped', `dropped the message of ${name}: no message is wanted`);
    return { ...written, interaction: null };
  }
  const interaction = notedText(message, `the message of ${name}`, note);
  if (!isNoMessage(interaction)) return { ...written, interaction };
  note('interaction-missing', `left ${name} without a message: there was none`);
  return { ...written, interaction: null };
}
