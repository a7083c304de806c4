import { formatMinute } from '@texas-ai/kernel';
import type { ChapterBrief } from '../day/brief.js';
import type { ScheduleItem, Slot } from '../day/plan.js';
import { daySection, profileSection, section, yesterdaySection } from './material.js';
import { oneLine, type Prompt, promptWords, quoted } from './prompt.js';
import { type PromptWords, type Who, whoOf } from './prompt-words.js';

/**
 * The prompt for one text per slot of a chapter, in the profile's language. All chapters of a day have the
 * same system prompt and the same text before the plan, so that providers can cache them.
 */
export function chapterPrompt(brief: ChapterBrief): Prompt {
  const words = promptWords(brief.profile.language);
  const who = whoOf(brief.profile);
  const task = words.chapterTask(who, {
    slots: brief.slots.length,
    messages: brief.slots.filter(({ wantsInteraction }) => wantsInteraction).length,
    opensDay: brief.chapter === 0,
    closesDay: brief.chapter === brief.chapters - 1,
  });
  return {
    system: words.chapterSystem(who),
    user: [
      profileSection(brief, words),
      daySection(brief, words),
      yesterdaySection(brief, words),
      section(words.headings.plan, quoted('plan', planLines(brief, words))),
      section(words.headings.slots, quoted('slots', slotLines(brief, who, words))),
      section(words.headings.task, task),
    ].join('\n\n'),
  };
}

function planLines({ plan, slots }: ChapterBrief, words: PromptWords): string[] {
  const written = new Set(slots.map(({ item }) => item));
  const items = plan.items.map((item, index) => {
    const mark = written.has(index) ? '▶' : '-';
    return `${mark} ${span(item)} ${itemLine(item, words)}`;
  });
  return [`${words.labels.summary}: ${oneLine(plan.summary)}`, ...items];
}

function itemLine(item: ScheduleItem, words: PromptWords): string {
  const company =
    item.companions.length > 0
      ? `${words.labels.with} ${item.companions.join(words.separator)}`
      : words.alone;
  const facts = [
    item.title,
    item.asleep ? words.asleep : item.category,
    item.location,
    item.asleep ? '' : company,
    item.description,
    item.emotionalTags.join(words.separator),
  ];
  return oneLine(facts.filter(Boolean).join(' | '));
}

function slotLines({ plan, slots }: ChapterBrief, who: Who, words: PromptWords): string[] {
  return slots.map((slot, index) => {
    const item = plan.items[slot.item];
    const facts = [
      item ? oneLine(item.title) : '',
      part(slots, slot),
      item?.asleep ? words.asleep : '',
      words.message(who, slot.wantsInteraction),
    ];
    return `${index + 1}. ${span(slot)} ${facts.filter(Boolean).join(' | ')}`;
  });
}

/** The position of the slot in its item, such as `2/3`; empty if the item has only one slot. */
function part(slots: readonly Slot[], slot: Slot): string {
  const ofItem = slots.filter(({ item }) => item === slot.item);
  return ofItem.length > 1 ? `${ofItem.indexOf(slot) + 1}/${ofItem.length}` : '';
}

function span({ start, end }: { start: number; end: number }): string {
  return `${formatMinute(start)}-${formatMinute(end)}`;
}
