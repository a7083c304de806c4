import type { ChapterBrief, ChapterDraft } from '@texas-ai/life';
import { writeContent } from './content.js';
import { writeMessage } from './messages.js';
import { makePicker } from './rotation.js';
import { type Scene, scenesOf } from './scene.js';
import { writeThought } from './thoughts.js';

/** Writes one text per slot of the chapter, in order; the same brief results in the same texts. */
export function composeChapter(brief: ChapterBrief): ChapterDraft {
  const scenes = scenesOf(brief, makePicker());
  return {
    texts: scenes.map((scene, position) => ({
      content: writeContent(scene),
      emotions: emotionsOf(scene),
      thoughts: writeThought(scene),
      interaction: brief.slots[position]?.wantsInteraction ? writeMessage(scene) : null,
    })),
  };
}

/** One or two emotions: one of the item's own, and one of its theme or category. */
function emotionsOf({ item, theme, grammar, turn }: Scene): string[] {
  const near = [...(theme?.emotions ?? []), ...grammar.emotions[item.category]];
  const own = item.emotionalTags;
  const first = own[turn % Math.max(1, own.length)] ?? near[turn % near.length];
  const second = turn % 2 === 0 ? near[(turn + 1) % near.length] : undefined;
  return [...new Set([first, second].filter((emotion) => emotion !== undefined))];
}
