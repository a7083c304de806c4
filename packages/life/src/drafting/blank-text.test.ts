import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBlank, isNoMessage } from './blank-text.js';

const words = [
  ...['null', 'nil', 'none', 'nothing', 'n/a', 'N.A.', 'NA', 'not applicable', 'not available'],
  ...['undefined', 'void', 'empty', 'blank', 'empty string', 'unknown', 'TBD', 'false'],
  ...['none needed', 'not needed', 'No message', 'no message needed', 'no interaction wanted'],
  ...['no_message', 'no thoughts', 'left blank', 'None for this slot', 'no companions'],
  ...['无', '無', '没有', '沒有', '暂无', '暫無', '空', '留空', '不需要', '无需', '無需', '不适用'],
  ...['无消息', '沒有訊息', '无需互动', '无需发送消息', '不需要发消息', '不发消息', '暂无互动'],
  ...['此时段无互动', '没有特别的想法', '暂时没有', '未提供', '未知', '待定', '没有要发的消息'],
  ...['No message is needed', 'No message sent', 'no message is sent', 'no need for a message'],
  ...['No need to send a message', 'No message will be sent', 'not sent', 'none none'],
  ...[
    '没有什么要说的',
    '没有特别想说的',
    '没有特别的',
    '没有内容要发送',
    '没有消息要发',
    '没什么要说的',
  ],
  ...['这段时间没有要发的消息', '这个时段没有消息', '本时间段无消息', '這段時間沒有要發的訊息'],
  ...['なし', '特になし', '該当なし', '無し', '없음', '해당 없음'],
];
const signs = ['', ' ', '\n\t', '-', '—', '——', '…', '……', '...', '/', '?', '？', '。', '·', '*'];
const empty = [
  '""',
  '“”',
  '「」',
  '{}',
  '[]',
  '()',
  '（）',
  '<>',
  '~',
  '～',
  '|',
  '──',
  '□',
  '×',
  '∅',
];
const unseen = [
  '\u200b',
  '\u2800',
  '\u3164',
  '\ufeff',
  '\u00ad',
  '\u0000',
  '\ud800',
  '\ufffd',
  '　',
];

describe('isBlank', () => {
  test.each(words)('a placeholder: %s', (word) => expect(isBlank(word)).toBe(true));

  test.each([...signs, ...empty, ...unseen])('nothing to read: %j', (text) => {
    expect(isBlank(text)).toBe(true);
  });

  test.each([
    ...[
      'null (no message wanted)',
      'None (not needed)',
      'N/A - not applicable',
      '无（不需要发消息）',
    ],
    ...[
      '无，此时段无需互动。',
      'Message: none.',
      '消息：无',
      'None / 无',
      '无、无',
      '"null"',
      '**None**',
    ],
    ...[
      '`null`',
      '<null>',
      '[None]',
      '（无）',
      '【暂无】',
      "'none'",
      '「なし」',
      '“\u200b无\u200b”',
      'ｎｕｌｌ',
    ],
  ])('nothing, and signs or a remark around it: %s', (text) => expect(isBlank(text)).toBe(true));

  test.each([
    ...[
      '没什么，就是想你了',
      '没什么。',
      '没有人来。',
      '没有一条路是近的',
      '无论如何，到了',
      '无聊。',
      '无风。',
    ],
    ...[
      '空来找我了',
      '空调坏了',
      '没有你的消息，我睡不着',
      '还没有消息',
      '一夜无梦。',
      '无所谓',
      '有空吗',
    ],
    ...['没有！', '没有？', '博士，无', '没有糖了', '不需要你担心。', '暂时没有雨'],
    ...[
      'None of them came.',
      'None?',
      'Nothing!',
      'Nothing to report, Doctor.',
      'Nil by mouth',
      'No.',
    ],
    ...[
      'No message from Exusiai yet.',
      'No answer.',
      'Nothing but rain.',
      'None here.',
      'Empty roads.',
    ],
    ...[
      'The void stares back.',
      'Not today.',
      'Unknown number called.',
      'N/A? Really?',
      'Nadine called',
    ],
    ...[
      '不要',
      '未定',
      '不要！',
      '没什么好说的',
      '沉默',
      '0 degrees',
      'No no no',
      '否则',
      '不回复',
    ],
    ...['Nothing to report.', 'No need.', 'No need to send a car.', 'silence', 'No message was'],
    ...['なしじゃない', '없음이 좋아', '🐧', 'None 🙂', '♪', '^_^', '好', '1', 'ok', 'Home'],
  ])('something to read: %s', (text) => expect(isBlank(text)).toBe(false));

  test.each(['0', 'no', 'No', '否', ' 否 ', 'null\nnull', '(not sent)'])(
    'a placeholder only as the whole text: %j',
    (text) => expect(isBlank(text)).toBe(true),
  );

  test.each([
    ...[
      'nothing to say',
      'Nothing to report.',
      '（沉默）',
      '保持沉默',
      '无回复',
      '不回复',
      '(silence)',
    ],
    ...['null', '没有什么要说的', '沉默（无消息）', ''],
  ])('no message: %j', (text) => expect(isNoMessage(text)).toBe(true));

  test.each([
    ...[
      '不要',
      '未定',
      '不用回复',
      '没什么好说的',
      '今天很沉默',
      '沉默？',
      'Nothing to report, Doctor.',
    ],
    ...['Silence in the van.', 'No.'],
  ])('a message: %j', (text) => expect(isNoMessage(text)).toBe(false));

  test('a placeholder in any letter case and width, with marks and invisible characters, is blank', () => {
    const around = fc.constantFrom(
      ...[
        '',
        ' ',
        '"',
        "'",
        '“',
        '”',
        '（',
        '）',
        '(',
        ')',
        '[',
        ']',
        '。',
        '.',
        '…',
        '—',
        '*',
        '`',
        '\n',
      ],
    );
    const written = fc.constantFrom<(word: string) => string>(
      (word) => word,
      (word) => word.toUpperCase(),
      (word) => word.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
      (word) => [...word].join('\u200b'),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...words),
        fc.array(around, { maxLength: 4 }),
        fc.array(around, { maxLength: 4 }),
        written,
        (word, before, after, write) => {
          expect(isBlank(before.join('') + write(word) + after.join(''))).toBe(true);
        },
      ),
    );
  });

  test('a text with more than the placeholder is not blank', () => {
    const more = fc.constantFrom(
      '今晚下雨',
      '想你了',
      'the van broke down',
      'see you at eight',
      '博士',
    );
    const joint = fc.constantFrom('，', '。', ': ', ', ', ' — ', '\n');
    fc.assert(
      fc.property(fc.constantFrom(...words), joint, more, fc.boolean(), (word, by, rest, first) => {
        expect(isBlank(first ? word + by + rest : rest + by + word)).toBe(false);
      }),
    );
  });
});
