import { Temporal } from '@texas-ai/kernel';
import type { Day, DayItem, Experience, Language } from '@texas-ai/life';
import wrapAnsi from 'wrap-ansi';

const words = {
  zh: {
    offline: '离线作者（未使用大模型）',
    by: (model: string) => `由 ${model} 写成`,
    dayTypes: { workday: '工作日', weekend: '周末', holiday: '节假日' },
    event: (title: string, n: number, of: number) => `大事件：${title}（第 ${n} 天，共 ${of} 天）`,
    with: (names: string[]) => `和${names.join('、')}`,
    feelings: (emotions: string[]) => `〔${emotions.join('、')}〕`,
    thinks: (thoughts: string) => `心想：${thoughts}`,
    message: (text: string) => `→ 想告诉你：${text}`,
    locale: 'zh-CN',
  },
  en: {
    offline: 'offline author (no model was used)',
    by: (model: string) => `written by ${model}`,
    dayTypes: { workday: 'workday', weekend: 'weekend', holiday: 'holiday' },
    event: (title: string, n: number, of: number) => `Major event: ${title} (day ${n} of ${of})`,
    with: (names: string[]) => `with ${names.join(', ')}`,
    feelings: (emotions: string[]) => `[${emotions.join(', ')}]`,
    thinks: (thoughts: string) => `Thinks: ${thoughts}`,
    message: (text: string) => `→ to you: ${text}`,
    locale: 'en-GB',
  },
} as const;

/** A day as a readable timeline of at most `width` columns. A Chinese character takes two. */
export function renderTimeline(day: Day, name: string, width: number): string {
  const language: Language = day.language === 'en' ? 'en' : 'zh';
  const say = words[language];
  const date = Temporal.PlainDate.from(day.date).toLocaleString(say.locale, {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
  });
  const { author, model } = day.generation;
  const { weather, majorEvent } = day;
  const degrees = `${Math.round(weather.tempMinC)}–${Math.round(weather.tempMaxC)} °C`;
  const label = author === 'offline' ? say.offline : say.by(model ?? author);
  const head = [
    `${name} · ${date} · ${say.dayTypes[day.dayType]}`,
    `${weather.summary}, ${degrees} · ${label}`.replace(', ', language === 'zh' ? '，' : ', '),
    ...(majorEvent ? [say.event(majorEvent.title, majorEvent.dayNumber, majorEvent.days)] : []),
    '',
    ...wrap(day.summary, width, ''),
  ];
  const items = day.items.flatMap((item) => ['', ...renderItem(item, say, width)]);
  return [...head, ...items].join('\n');
}

type Words = (typeof words)[Language];

function renderItem(item: DayItem, say: Words, width: number): string[] {
  const company = item.companions.length > 0 ? ` · ${say.with(item.companions)}` : '';
  const head = `${item.start}–${item.end}  ${item.title} · ${item.location}${company}`;
  return [head, ...item.experiences.flatMap((each) => renderExperience(each, say, width))];
}

function renderExperience(experience: Experience, say: Words, width: number): string[] {
  const { start, content, emotions, thoughts, interaction } = experience;
  const feelings = emotions.length > 0 ? ` ${say.feelings(emotions)}` : '';
  const [first = '', ...rest] = wrap(`${content}${feelings}`, width, '         ');
  return [
    `  ${start}  ${first.trimStart()}`,
    ...rest,
    ...wrap(say.thinks(thoughts), width, '         '),
    ...(interaction ? wrap(say.message(interaction.content), width, '         ') : []),
  ];
}

/** Closing punctuation never begins a line; it may exceed the width of the previous one instead. */
function wrap(text: string, width: number, indent: string): string[] {
  return wrapAnsi(text, Math.max(width - indent.length, 20), { hard: true })
    .replaceAll(/\n([，。！？、；：”’』」）…—]+)/g, '$1\n')
    .split('\n')
    .map((line) => `${indent}${line}`);
}
