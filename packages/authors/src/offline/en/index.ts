import type { Grammar } from '../grammar.js';
import { beats } from './beats.js';
import { acts, gestures, moves, reactions } from './gestures.js';
import { asides, messages, mornings, nights, questions } from './messages.js';
import { details, times } from './places.js';
import { stopgaps } from './stopgaps.js';
import { quote, summary } from './summary.js';
import { emotions, tails, thoughts } from './thoughts.js';
import { cold, hot, inRoughWeather, weather } from './weather.js';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export const english: Grammar = {
  pronouns: {
    she: { she: 'she', her: 'her', them: 'her' },
    he: { she: 'he', her: 'his', them: 'him' },
  },
  around(clause, surroundings, turn) {
    const joints = [
      `${clause}, and ${surroundings}`,
      `${clause} while ${surroundings}`,
      `${clause}; ${surroundings}`,
      `${surroundings}, and ${clause}`,
      `${clause}, and ${surroundings}`,
      `${surroundings}; ${clause}`,
    ];
    return sentence(joints[turn % joints.length] ?? clause);
  },
  aside: (clause, gesture) => sentence(`${clause}, ${gesture}`),
  full: (clause, gesture, surroundings) => sentence(`${surroundings}, and ${clause}, ${gesture}`),
  sequence(first, second, { she = '' }, turn) {
    if (!second.startsWith(`${she} `)) return undefined;
    const link = [', then', ' and then', ', and then'][turn % 3];
    return `${first}${link}${second.slice(she.length)}`;
  },
  attach: (clause, gesture) => `${clause}, ${gesture}`,
  pair: (first, second, turn) =>
    sentence(turn % 3 === 2 ? `${first}; ${second}` : `${first}, and ${second}`),
  timed: (clause, time, turn) =>
    turn % 2 === 0 ? sentence(`at ${time} ${clause}`) : sentence(`it is ${time} when ${clause}`),
  sentence,
  does: (name, act, reaction, turn) =>
    sentence(turn % 2 === 0 ? `${name} ${act}, and ${reaction}` : `${name} ${act}; ${reaction}`),
  says: (name, words, reaction, turn) =>
    turn % 2 === 0
      ? sentence(`“${capital(words)},” ${name} says, and ${reaction}`)
      : sentence(`${name} says, “${capital(words)},” and ${reaction}`),
  thought: (observation, tail, turn) =>
    sentence(turn % 2 === 0 ? `${observation}; ${tail}` : `${observation} — ${tail}`),
  message: (report, aside, turn) => sentence(`${report}${turn % 3 === 0 ? ' —' : ';'} ${aside}`),
  question: (report, question) => `${capital(report)} — by the way, ${question}?`,
  paragraph: (sentences) => sentences.join(' '),
  time: (minute) => `${Math.floor(minute / 60) % 24}:${String(minute % 60).padStart(2, '0')}`,
  weekday: (day) => weekdays[day - 1] ?? '',
  temperature: (celsius) => (celsius < 0 ? `minus ${-celsius} degrees` : `${celsius} degrees`),
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

function sentence(clause: string): string {
  return `${capital(clause)}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
