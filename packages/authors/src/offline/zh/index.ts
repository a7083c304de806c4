import type { Grammar } from '../grammar.js';
import { beats } from './beats.js';
import { acts, gestures, moves, reactions } from './gestures.js';
import { asides, messages, mornings, nights, questions } from './messages.js';
import { details, times } from './places.js';
import { stopgaps } from './stopgaps.js';
import { quote, summary } from './summary.js';
import { emotions, tails, thoughts } from './thoughts.js';
import { cold, hot, inRoughWeather, weather } from './weather.js';

const hours = ['零', '一', '两', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二'];
const digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

export const chinese: Grammar = {
  pronouns: {
    she: { she: '她', her: '她的', them: '她' },
    he: { she: '他', her: '他的', them: '他' },
  },
  around: (clause, surroundings, turn) =>
    turn % 3 === 0 ? `${surroundings}，${clause}。` : `${clause}，${surroundings}。`,
  aside: (clause, gesture) => `${clause}，${gesture}。`,
  full: (clause, gesture, surroundings) => `${surroundings}，${clause}，${gesture}。`,
  sequence(first, second, { she = '', her = '' }, turn) {
    if (!second.startsWith(she) || second.startsWith(her)) return undefined;
    const link = ['接着', '随后', '然后'][turn % 3];
    return `${first}，${link}${second.slice(she.length)}`;
  },
  attach: (clause, gesture) => `${clause}，${gesture}`,
  pair: (first, second) => `${first}，${second}。`,
  timed: (clause, time) => `${time}，${clause}。`,
  sentence: (clause) => `${clause}。`,
  does: (name, act, reaction) => `${name}${act}，${reaction}。`,
  says: (name, words, reaction, turn) =>
    turn % 2 === 0 ? `${name}说“${words}”，${reaction}。` : `听${name}说“${words}”，${reaction}。`,
  thought: (observation, tail, turn) =>
    turn % 2 === 0 ? `${observation}，${tail}。` : `${observation}……${tail}。`,
  message: (report, aside, turn) => `${report}${turn % 3 === 0 ? '……' : '，'}${aside}。`,
  question: (report, question) => `${report}，对了，${question}？`,
  paragraph: (sentences) => sentences.join(''),
  time: spokenTime,
  weekday: (day) => `周${['一', '二', '三', '四', '五', '六', '日'][day - 1] ?? ''}`,
  temperature: (celsius) =>
    celsius < 0 ? `零下${spokenNumber(-celsius)}度` : `${spokenNumber(celsius)}度`,
  quote,
  summary,
  weather,
  details,
  hot,
  cold,
  times,
  beats,
  moves,
  gestures,
  reactions,
  acts,
  thoughts,
  tails,
  messages,
  asides,
  questions,
  mornings,
  nights,
  emotions,
  stopgaps,
  inRoughWeather,
};

/** `七点`, `七点半`, `七点零五分`, `晚上九点二十分`. */
function spokenTime(minute: number): string {
  const hour = Math.floor(minute / 60) % 24;
  const rest = minute % 60;
  const part = hour < 12 ? '' : hour < 18 ? '下午' : '晚上';
  const spokenHour = `${hour === 12 ? '' : part}${hours[hour > 12 ? hour - 12 : hour] ?? ''}点`;
  if (rest === 0) return spokenHour;
  if (rest === 30) return `${spokenHour}半`;
  return `${spokenHour}${rest < 10 ? '零' : ''}${spokenNumber(rest)}分`;
}

/** 0-99 in Chinese numerals. */
function spokenNumber(value: number): string {
  const tens = Math.floor(value / 10);
  const ones = value % 10;
  if (tens === 0) return digits[ones] ?? '';
  return `${tens === 1 ? '' : digits[tens]}十${ones === 0 ? '' : digits[ones]}`;
}
