import type { Grammar } from '../grammar.js';

export const summary: Grammar['summary'] = {
  outline({ weekday, weather, tempMinC, tempMaxC, morning, afternoon, evening }, turn) {
    const sky = [
      `${weekday}，${weather}，${tempMinC}到${tempMaxC}度。`,
      `${weekday}的天气是${weather}，最高${tempMaxC}度。`,
      `${weather}的${weekday}，气温${tempMinC}到${tempMaxC}度。`,
    ];
    const parts = [
      morning && `上午${quote(morning)}`,
      afternoon && `下午${quote(afternoon)}`,
      evening && `晚上${quote(evening)}`,
    ].filter((part) => part !== undefined && part !== '');
    const course = parts.length === 0 ? '' : `${parts.join('，')}。`;
    return `${sky[turn % sky.length]}${course}`;
  },
  yesterday: [
    '昨天的{yesterday}告一段落，今天换换手。',
    '昨天忙过{yesterday}，今天的步子照旧。',
    '昨天的{yesterday}已经过去，今天另有安排。',
    '昨天以{yesterday}为主，今天排得不太一样。',
  ],
  event: (title, dayNumber, days) =>
    days === 1
      ? `今天的正事是${quote(title)}。`
      : `${quote(title)}，第${dayNumber}天，共${days}天。`,
  phases: {
    trip: {
      first: ['收拾停当就上路，赶在天黑前安顿下来。'],
      middle: ['人在外地，照着日程一件件办。'],
      last: ['把剩下的事收尾，傍晚前回到家。'],
    },
    delivery: {
      first: ['接下货，把路线和交接的规矩摸清楚。'],
      middle: ['货还在手上，眼睛一刻不离。'],
      last: ['今天把货交到该交的人手里。'],
    },
    training: {
      first: ['第一天先认人、认场地、领教材。'],
      middle: ['训练到了最磨人的一段。'],
      last: ['考核和总结，学完这一程。'],
    },
    private: {
      first: ['有些私事要办，跟同事打过招呼了。'],
      middle: ['私事办到一半，急不来。'],
      last: ['把该说的说完，该放下的放下。'],
    },
    illness: {
      first: ['身体不太对劲，今天请了假在家歇着。'],
      middle: ['还在病着，吃药、喝水、睡觉。'],
      last: ['好得差不多了，再养一天。'],
    },
  },
};

export function quote(title: string): string {
  return `「${title}」`;
}
