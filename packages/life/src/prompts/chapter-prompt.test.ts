import { describe, expect, test } from '@jest/globals';
import { buildChapterBrief, buildPlan, buildSlots } from '@texas-ai/testing';
import { block } from '../../test/prompt-block.js';
import { languages } from '../character/profile.js';
import { chapterPrompt } from './chapter-prompt.js';

describe('chapterPrompt', () => {
  test.each(languages)(
    'contains the whole plan and marks the items of the chapter in %s',
    (language) => {
      const brief = buildChapterBrief({ language });
      const lines = block(chapterPrompt(brief).user, 'plan').split('\n').slice(1);
      expect(lines).toHaveLength(brief.plan.items.length);
      for (const [index, { title }] of brief.plan.items.entries())
        expect(lines[index]).toContain(title);
      expect(lines[1]).toMatch(/^▶ 07:00-09:00 /);
      expect(lines.map((line) => line.startsWith('▶'))).toEqual(
        brief.plan.items.map((_, index) => index === 1 || index === 2),
      );
      expect(block(chapterPrompt(brief).user, 'plan')).toContain(brief.plan.summary);
    },
  );

  test.each(languages)(
    'numbers the slots and marks those that want a message in %s',
    (language) => {
      const brief = buildChapterBrief({ language });
      const lines = block(chapterPrompt(brief).user, 'slots').split('\n');
      expect(lines).toHaveLength(brief.slots.length);
      expect(lines[0]).toMatch(/^1\. 07:00-07:30 .* \| 1\/4 \| /);
      expect(lines[7]).toMatch(/^8\. 10:30-11:00 .* \| 4\/4 \| /);
      const wanted = language === 'zh' ? /老板的消息：要$/ : /message to Boss: yes$/;
      expect(lines.map((line) => wanted.test(line))).toEqual(
        brief.slots.map(({ wantsInteraction }) => wantsInteraction),
      );
    },
  );

  test.each(languages)('asks for the exact number of texts in %s', (language) => {
    const { system, user } = chapterPrompt(buildChapterBrief({ language }));
    expect(user.slice(user.lastIndexOf('# '))).toMatch(
      language === 'zh' ? /恰好 8 条/ : /exactly 8 texts/,
    );
    expect(system).toMatch(language === 'zh' ? /不写编号，不写时间/ : /No numbers and no times/);
  });

  test.each(languages)(
    'allows greetings only at the start and end of the day in %s',
    (language) => {
      const taskOf = (chapter: number) => {
        const { user } = chapterPrompt(buildChapterBrief({ language, chapter, chapters: 3 }));
        return user.slice(user.lastIndexOf('# '));
      };
      const opens =
        language === 'zh' ? /第 1 个时段是一天的第一个/ : /Slot 1 is the first of the day/;
      const closes =
        language === 'zh' ? /第 8 个时段是一天的最后/ : /Slot 8 is the last of the day/;
      const neither = language === 'zh' ? /不要写任何问候/ : /write no greetings/;
      expect([0, 1, 2].map((chapter) => opens.test(taskOf(chapter)))).toEqual([true, false, false]);
      expect([0, 1, 2].map((chapter) => closes.test(taskOf(chapter)))).toEqual([
        false,
        false,
        true,
      ]);
      expect([0, 1, 2].map((chapter) => neither.test(taskOf(chapter)))).toEqual([
        false,
        true,
        false,
      ]);
    },
  );

  test.each(languages)('has the number of wanted messages in %s', (language) => {
    const slots = buildSlots(buildPlan(language), [1, 2]);
    const taskOf = (wanted: number) => {
      const some = slots.map((slot, index) => ({ ...slot, wantsInteraction: index < wanted }));
      const { user } = chapterPrompt(buildChapterBrief({ language, slots: some }));
      return user.slice(user.lastIndexOf('# '));
    };
    const zh = language === 'zh';
    expect(taskOf(0)).toMatch(zh ? /全是 null/ : /every interaction is null/);
    expect(taskOf(1)).toMatch(zh ? /其中 1 个/ : /1 slot wants/);
    expect(taskOf(3)).toMatch(zh ? /其中 3 个/ : /3 slots want/);
    expect(taskOf(8)).toMatch(zh ? /每个时段都要/ : /Each of them wants/);
  });

  test('marks sleep, without companions', () => {
    const plan = buildPlan('en');
    const brief = buildChapterBrief({ language: 'en', plan, slots: buildSlots(plan, [9]) });
    const { user } = chapterPrompt(brief);
    expect(block(user, 'slots')).toContain('| asleep |');
    expect(block(user, 'plan')).toMatch(/▶ 23:00-24:00 Asleep \| asleep \| The flat \| An/);
  });

  test('all chapters of a day have the same text before the plan', () => {
    const [one, two] = [0, 2].map((chapter) => {
      const slots = buildSlots(buildPlan(), [chapter + 1]);
      return chapterPrompt(buildChapterBrief({ chapter, slots }));
    });
    const before = (user = '') => user.slice(0, user.indexOf('<plan>'));
    expect(one?.system).toBe(two?.system);
    expect(before(one?.user)).toBe(before(two?.user));
    expect(one?.user).not.toBe(two?.user);
  });
});
