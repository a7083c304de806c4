import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Slot } from '../day/plan.js';
import { checkChapter } from './chapter-rules.js';
import { type ChapterDraft, chapterDraftSchema, type SlotText } from './draft.js';

/** Slots, each with or without a wanted interaction. */
function slots(...wants: boolean[]): Slot[] {
  return wants.map((wantsInteraction, i) => ({
    item: 1,
    start: i * 10,
    end: i * 10 + 10,
    wantsInteraction,
  }));
}

function some(over: Partial<SlotText> = {}): SlotText {
  return {
    content: 'She drives.',
    emotions: ['calm'],
    thoughts: 'Left here.',
    interaction: null,
    ...over,
  };
}

describe('checkChapter', () => {
  test('valid texts are unchanged', () => {
    const texts = [some(), some({ interaction: 'On my way.' })];
    expect(checkChapter({ texts }, slots(false, true))).toEqual({
      texts,
      repairs: [],
      problems: [],
    });
  });

  test.each([1, 3])('%d texts for two slots are a problem', (count) => {
    const { texts, problems } = checkChapter(
      { texts: Array(count).fill(some()) },
      slots(false, false),
    );
    expect(texts).toEqual([]);
    expect(problems).toEqual([
      `The chapter has 2 slots, but the answer has ${count} texts. Write one text per slot, in order.`,
    ]);
  });

  test('each blank content is a problem', () => {
    const draft = { texts: [some({ content: ' \n' }), some(), some({ content: '\u0000' })] };
    expect(checkChapter(draft, slots(false, false, false)).problems).toEqual([
      'Text 1 has no content.',
      'Text 3 has no content.',
    ]);
  });

  test('an unwanted message is dropped', () => {
    const draft = { texts: [some({ interaction: 'Hi.' }), some({ interaction: ' ' })] };
    const { texts, repairs } = checkChapter(draft, slots(false, false));
    expect(texts).toEqual([some(), some()]);
    expect(repairs).toEqual([
      {
        rule: 'interaction-dropped',
        message: 'dropped the message of text 1: no message is wanted',
      },
    ]);
  });

  test('a wanted message may be missing if the chapter has another', () => {
    const draft = { texts: [some({ interaction: '…' }), some({ interaction: 'Hi.' })] };
    const { texts, repairs } = checkChapter(draft, slots(true, true));
    expect(texts.map((text) => text.interaction)).toEqual([null, 'Hi.']);
    expect(repairs.map((repair) => repair.rule)).toEqual(['interaction-missing']);
  });

  test.each(['（沉默）', 'Nothing to report.', '不回复'])(
    '“%s” is a placeholder for a message',
    (word) => {
      const draft = { texts: [some({ interaction: word }), some({ interaction: 'Hi.' })] };
      const { texts } = checkChapter(draft, slots(true, true));
      expect(texts.map((text) => text.interaction)).toEqual([null, 'Hi.']);
      expect(checkChapter(draft, slots(false, true)).repairs).toEqual([]);
    },
  );

  test.each(['null', 'None', '无', '（暂无）', 'N/A', 'no'])(
    '“%s” is a placeholder in every field',
    (word) => {
      const nothing = some({ interaction: word, thoughts: word, emotions: [word, 'calm'] });
      const { texts } = checkChapter(
        { texts: [nothing, some({ interaction: 'Hi.' })] },
        slots(true, true),
      );
      expect(texts[0]).toEqual(some({ thoughts: '', interaction: null }));
      expect(checkChapter({ texts: [some({ content: word })] }, slots(false)).problems).toEqual([
        'Text 1 has no content.',
      ]);
      expect(checkChapter({ texts: [some({ interaction: word })] }, slots(false)).repairs).toEqual(
        [],
      );
    },
  );

  test('a message that begins with such a word is kept', () => {
    const text = some({ interaction: '没什么，就是想你了', thoughts: 'None of them came.' });
    expect(checkChapter({ texts: [text] }, slots(true)).texts).toEqual([text]);
  });

  test('a chapter without any of its wanted messages is a problem', () => {
    const { texts, problems } = checkChapter(
      { texts: [some(), some({ interaction: 'Hi.' }), some()] },
      slots(true, false, true),
    );
    expect(texts).toEqual([]);
    expect(problems).toEqual(['None of the texts that need a message to the owner has one: 1, 3.']);
  });

  test('missing thoughts stay empty', () => {
    const { texts, repairs } = checkChapter({ texts: [some({ thoughts: ' ' })] }, slots(false));
    expect(texts[0]?.thoughts).toBe('');
    expect(repairs.map((repair) => repair.rule)).toEqual(['thoughts-missing']);
  });

  test('texts are cleaned and cut', () => {
    const long = some({
      content: `a\u0000${'🐧'.repeat(5000)}`,
      thoughts: 'b'.repeat(2001),
      interaction: 'c'.repeat(1001),
      emotions: Array.from({ length: 12 }, (_, i) => `${i} `.repeat(30)),
    });
    const { texts, repairs } = checkChapter({ texts: [long] }, slots(true));
    expect(texts[0]).toMatchObject({
      content: `a${'🐧'.repeat(3999)}`,
      thoughts: 'b'.repeat(2000),
      interaction: 'c'.repeat(1000),
    });
    expect(texts[0]?.emotions).toHaveLength(8);
    expect(repairs.map((repair) => repair.message)).toEqual([
      'removed invalid characters from the content of text 1',
      'cut the content of text 1 to 4000 characters',
      'cut the thoughts of text 1 to 2000 characters',
      'cleaned the feelings of text 1: kept 8 of 12',
      'cut the message of text 1 to 1000 characters',
    ]);
  });

  test('any draft that fits the schema gives valid texts for all slots, or a problem', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '\ud800', 'x'.repeat(9000)),
    );
    const draft: fc.Arbitrary<ChapterDraft> = fc.record({
      texts: fc.array(
        fc.record({
          content: text,
          thoughts: text,
          emotions: fc.array(text),
          interaction: fc.option(text),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    });
    fc.assert(
      fc.property(draft, fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }), (draft, wants) => {
        expect(chapterDraftSchema.safeParse(draft).success).toBe(true);
        const { texts, problems } = checkChapter(draft, slots(...wants));
        if (problems.length > 0) return expect(texts).toEqual([]);
        expect(texts).toHaveLength(wants.length);
        expect(JSON.stringify(texts)).not.toMatch(/\\u0000|\\ud[89a-f]/);
        for (const [i, each] of texts.entries()) if (!wants[i]) expect(each.interaction).toBeNull();
        expect(checkChapter({ texts }, slots(...wants)).texts).toEqual(texts);
      }),
    );
  });
});
