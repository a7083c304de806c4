import type { Category, Language } from '../../character/profile.js';
import { cleanLine } from '../clean-text.js';
import { limits } from '../limits.js';

/** The texts that the repair adds to a day. */
export interface RepairWords {
  night: { title: string; describe(place: string): string };
  quiet: { title: string; describe(place: string): string };
  feelings: { asleep: string; quiet: string };
  categories: Readonly<Record<Category, string>>;
  /** The title of a part of a split item; `part` counts from 1. */
  partOf(title: string, part: number): string;
  /** The title of the rest of an interrupted item. */
  continued(title: string): string;
  happens(title: string, location: string): string;
  summary(titles: readonly string[]): string;
}

/** For a home without a usable name. */
export const homeNames: Readonly<Record<Language, string>> = { zh: '家', en: 'home' };

export function repairWords(language: Language): RepairWords {
  return language === 'zh' ? chinese : english;
}

const chinese: RepairWords = {
  night: { title: '睡觉', describe: (place) => `在${place}安静地睡着。` },
  quiet: { title: '安静待着', describe: (place) => `没有非做不可的事，在${place}安静地待一会儿。` },
  feelings: { asleep: '安稳', quiet: '平静' },
  categories: { personal: '自己的事', work: '工作', social: '和人见面', rest: '休息' },
  partOf: (title, part) => `${shorten(title)}（${'一二三四五六七八'.at(part - 1)}）`,
  continued: (title) => withSuffix(title, '（续）'),
  happens: (title, location) => `${location}：${title}。`,
  summary: (titles) => `这一天：${titles.join('、')}。`,
};

const english: RepairWords = {
  night: { title: 'Asleep', describe: (place) => `Fast asleep at ${place}.` },
  quiet: {
    title: 'Quiet time',
    describe: (place) => `Nothing to be done; some quiet time at ${place}.`,
  },
  feelings: { asleep: 'peaceful', quiet: 'calm' },
  categories: {
    personal: 'Personal matters',
    work: 'Work',
    social: 'Meeting people',
    rest: 'Rest',
  },
  partOf: (title, part) => `${shorten(title)} (part ${part})`,
  continued: (title) => withSuffix(title, ' (continued)'),
  happens: (title, location) => `${title}, at ${location}.`,
  summary: (titles) => `The day: ${titles.join(', ')}.`,
};

/** Leaves room in the title for a suffix. */
function shorten(title: string): string {
  return cleanLine(title, limits.title - 20).text;
}

function withSuffix(title: string, suffix: string): string {
  return title.endsWith(suffix) ? title : `${shorten(title)}${suffix}`;
}
