import type { Author, AuthorCall, AuthorName, ChapterBrief, DayBrief } from '@texas-ai/life';
import { buildPlanDraft } from './builders.js';

type Script<Brief> = (brief: Brief, call: AuthorCall) => unknown;

export interface ScriptedAuthor extends Author {
  calls: { plan: number; chapter: number[] };
}

/** An author that immediately returns what the test defines, by default a valid day, and records its calls. */
export function makeScriptedAuthor(
  script: {
    name?: AuthorName;
    plan?: Script<DayBrief>;
    chapter?: Script<ChapterBrief>;
    /** Rejects if the author refuses the probe. */
    probe?: () => Promise<void>;
  } = {},
): ScriptedAuthor {
  const calls: ScriptedAuthor['calls'] = { plan: 0, chapter: [] };
  const name = script.name ?? 'gemini';
  return {
    name,
    model: name === 'offline' ? null : 'scripted',
    version: 'scripted-1',
    fingerprint: name === 'offline' ? null : 'scripted-key',
    async probe(call) {
      call.onUsage({ inputTokens: 10, outputTokens: 2 });
      await script.probe?.();
    },
    calls,
    async writePlan(brief, call) {
      calls.plan += 1;
      call.onUsage({ inputTokens: 100, outputTokens: 50 });
      return (script.plan ?? (() => buildPlanDraft(brief.profile.language)))(brief, call);
    },
    async writeChapter(brief, call) {
      calls.chapter.push(brief.chapter);
      call.onUsage({ inputTokens: 200, outputTokens: 80 });
      return (script.chapter ?? goodChapter)(brief, call);
    },
  };
}

function goodChapter({ slots, chapter }: ChapterBrief) {
  return {
    texts: slots.map(({ start, wantsInteraction }) => ({
      content: `Chapter ${chapter}, minute ${start}.`,
      emotions: ['calm'],
      thoughts: 'All is well.',
      interaction: wantsInteraction ? `A message of minute ${start}.` : null,
    })),
  };
}
