// Models often write a placeholder instead of null or an empty string: “None”, “N/A”, “无”, “（暂无）”,
// “No message needed.” A placeholder counts as a missing text.

/** In characters; longer texts are never placeholders. */
const maxPlaceholderLength = 60;

/** More letters than any placeholder has, which normalisation keeps; found without the cost of the rest. */
const clearlyLonger = new RegExp(
  String.raw`^(?:[^a-zA-Z\u4e00-\u9fff]*[a-zA-Z\u4e00-\u9fff]){${maxPlaceholderLength + 1}}`,
);

/** Invisible characters, including blanks that Unicode classifies as letters or symbols. */
const invisible = /(?!\s)[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\ufffc\ufffd]/gu;

/** A letter, a number, a pictogram (but not box drawing), or an emoticon such as `^_^`. */
const pictogram = String.raw`(?![\u2500-\u25ff])[\p{So}\p{Extended_Pictographic}]`;
const readable = new RegExp(String.raw`[\p{L}\p{N}]|${pictogram}|\p{S}_+\p{S}`, 'u');

/** Signs of real speech: “None?”, “没有！”, or an emoji after the word. */
const speechMarks = new RegExp(`[?!]|${pictogram}`, 'u');

/**
 * Whether a text is empty, has only white space, punctuation and invisible characters, or is a placeholder
 * in English, Chinese (simplified or traditional), Japanese or Korean. A text that contains more than the
 * placeholder (“没什么，就是想你了”, “None of them came.”) is not blank.
 */
export function isBlank(text: string): boolean {
  return isPlaceholder(text, [english, chinese, japaneseOrKorean]);
}

/** Like `isBlank`, but also “Nothing to report.” or “（沉默）”, which in other fields are a text or a feeling. */
export function isNoMessage(text: string): boolean {
  return isPlaceholder(text, [english, chinese, japaneseOrKorean, noMessage]);
}

function isPlaceholder(text: string, words: readonly RegExp[]): boolean {
  if (clearlyLonger.test(text)) return false;
  const plain = text.normalize('NFKC').replace(invisible, '').trim().toLowerCase();
  if (!readable.test(plain) || /^(?:0|no|否)$/.test(plain)) return true;
  if (plain.length > maxPlaceholderLength || speechMarks.test(plain)) return false;
  const meansNothing = (phrase: string) =>
    words.some((word) => word.test(word === chinese ? phrase.replaceAll(' ', '') : phrase));
  const phrases = phrasesOf(plain);
  return (
    phrases.some(meansNothing) &&
    phrases.every((phrase) => meansNothing(phrase) || isFieldName(phrase))
  );
}

/** Splits at punctuation: `无（不需要）` becomes 无 and 不需要, `null null` becomes `null`; `n/a` and `no-message` stay whole. */
function phrasesOf(plain: string): string[] {
  return plain
    .replace(/\bn ?[/\\.] ?a\b/g, 'na')
    .replace(/(?<=\p{L})[_-](?=\p{L})/gu, ' ')
    .split(/[^\p{L}\p{N}\p{M}\s]+/u)
    .map((phrase) => phrase.replace(/\s+/g, ' ').trim())
    .map((phrase) => phrase.replace(/^(\S+)(?: \1)+$/, '$1'))
    .filter((phrase) => phrase !== '');
}

/** Whether it is a field name before a placeholder, as in “消息：无”. */
function isFieldName(phrase: string): boolean {
  return englishFieldName.test(phrase) || chineseFieldName.test(phrase);
}

function anyOf(...choices: readonly string[]): string {
  return `(?:${choices.join('|')})`;
}

const enThing = anyOf(
  'messages?|interactions?|thoughts?|content|text|value|string|data|tags?|emotions?|feelings?',
  'companions?|location|place|description|summary|title|(?:major )?events?|dreams?|weather',
);
const enUnneeded = anyOf(
  'needed|required|wanted|necessary|applicable|available|given|provided|specified|desired|intended|sent',
  'to (?:send|be sent)|for this slot|in this slot|at this time|at the moment|this time',
);
const english = new RegExp(
  `^${anyOf(
    `(?:null|nil|nul|none|nothing|na|nan|undefined|void|empty|blank|false)(?: (?:value|string|text))?(?: ${enUnneeded})*`,
    `no (?:particular |special |specific |explicit |proactive )?${enThing}(?: (?:is|are|was|were|will be)(?= ))?(?: ${enUnneeded})*`,
    `no need (?:to (?:send|write|give) |for )(?:an? |any )?${enThing}(?: ${enUnneeded})*`,
    `not (?:${enUnneeded})+|does not apply|unknown|unspecified|unset|(?:left|leave) (?:empty|blank)|tbd|tba|todo|skip(?:ped)?|omitted`,
  )}$`,
);
const englishFieldName = new RegExp(`^${enThing}$`);

const zhThing = anyOf(
  '消息|訊息|讯息|信息|短信|互动|互動|交互|内容|內容|想法|思绪|思緒|内心活动|心理活动|文字|文本|此项|此項',
  '(?:大|重大)?事件|同伴|伙伴|夥伴|陪伴|同行者?|地点|地點|位置|标签|標籤|情绪|情緒|梦境?|夢境?|描述|说明|說明|备注|備註|数据|數據|资料|資料|值|标题|標題|摘要',
);
const chinese = new RegExp(
  `^(?:[此本该該这這](?:处|處|时段?|時段?|里|裡|(?:时间|時間)?段(?:时间|時間)?|[一个個](?:时|時)段)|目前|当前|當前|暂时|暫時|暂|暫|尚|并|並|均|皆)?${anyOf(
    '无|無|没有|沒有|空|空白|空值|空字符串|空字串|空文本|留空|略|省略|跳过|跳過',
    '不适用|不適用|不需要|无需|無需|无须|無須|毋须|毋須|未定义|未定義|未填写?|未填寫?|未提供|未指定|未设置|未設定|未知|不详|不詳|待定|暂缺|暫缺',
    `(?:无|無|没有|沒有|没|沒|不需要?|不需|无需|無需|无须|無須|不必|不用|不|未)要?(?:任何|主动|主動|特别|特別|特殊|额外|額外)?(?:发送|發送|发出|發出|发|發|写|寫|给出|給出|进行|進行|产生|產生)?(?:的)?${zhThing}`,
    '(?:无|無|(?:没有?|沒有?)(?:什么|什麼)?)(?:特别|特別|特殊)?(?:需?要|想)?(?:发送|發送|发|發|说|說)的',
    '(?:无|無|没有|沒有)(?:什么|什麼)?(?:特别|特別|特殊)的',
    `(?:无|無|没有?|沒有?)(?:任何|什么|什麼)?${zhThing}(?:需?要|可)(?:发送|發送|发出|發出|发|發|写|寫|说|說)`,
    '(?:不需要?|无需|無需|不必|不用|不)(?:主动|主動)?(?:发送|發送|发|發|联系|聯繫|联络|聯絡|互动|互動)',
  )}$`,
);
const chineseFieldName = new RegExp(`^${zhThing}$`);

const noMessage = new RegExp(
  `^${anyOf(
    'nothing (?:special |particular |new )?to (?:say|report|send|add|share)',
    '(?:(?:remains?|stays?|keeps?) )?silent|silence|(?:she )?(?:says|sends) nothing|no reply',
    '(?:保持)?(?:沉默|静默|靜默)|[无無不](?:回复|回覆)|不予(?:回复|回覆)',
  )}$`,
);

/** Japanese and Korean. */
const japaneseOrKorean =
  /^(?:(?:特に|該当|記載|メッセージ|連絡|内容|相手)?(?:なし|無し|ナシ|ありません)|不明|空欄|(?:해당 ?)?없음|없습니다)$/;
