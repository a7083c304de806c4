import type { Grammar } from '../grammar.js';

export const summary: Grammar['summary'] = {
  outline({ weekday, weather, tempMinC, tempMaxC, morning, afternoon, evening }, turn) {
    const sky = [
      `${weekday}: ${weather}, ${tempMinC} to ${tempMaxC} °C.`,
      `The forecast for this ${weekday}: ${weather}, up to ${tempMaxC} °C.`,
      `${weekday}, ${tempMinC} to ${tempMaxC} °C, ${weather}.`,
    ];
    const parts = [
      morning && `the morning goes to ${quote(morning)}`,
      afternoon && `the afternoon to ${quote(afternoon)}`,
      evening && `the evening to ${quote(evening)}`,
    ].filter((part) => part !== undefined && part !== '');
    const course = parts.join(', ');
    const opened = course.startsWith('the morning') ? course : course.replace(' to ', ' goes to ');
    return course === ''
      ? (sky[turn % sky.length] ?? '')
      : `${sky[turn % sky.length]} ${opened.charAt(0).toUpperCase()}${opened.slice(1)}.`;
  },
  yesterday: [
    'After yesterday and {yesterday}, a change of pace.',
    'Yesterday was about {yesterday}; today looks different.',
    'With {yesterday} done yesterday, the list starts afresh.',
    'Yesterday went to {yesterday}, today has other plans.',
  ],
  event: (title, dayNumber, days) =>
    days === 1
      ? `What matters today is ${quote(title)}.`
      : `Day ${dayNumber} of ${days} of ${quote(title)}.`,
  phases: {
    trip: {
      first: ['Packing, the road, and a bed found before dark.'],
      middle: ['Away from home, one appointment after the other.'],
      last: ['Loose ends are tied up, and home is reached before the evening.'],
    },
    delivery: {
      first: ['The goods are taken over and the rules of the handover learnt.'],
      middle: ['The goods are still on hand and never out of sight.'],
      last: ['Today the goods go to the one person they are meant for.'],
    },
    training: {
      first: ['The first day is for faces, grounds and course books.'],
      middle: ['The training has reached the part that wears people down.'],
      last: ['The test, the review, and the end of the course.'],
    },
    private: {
      first: ['There are private matters to see to, and the others know.'],
      middle: ['Half of the private business is done; the rest takes time.'],
      last: ['What has to be said gets said, and then it can rest.'],
    },
    illness: {
      first: ['Something is coming on, so this is a day off at home.'],
      middle: ['Still ill: medicine, water, sleep.'],
      last: ['Nearly well again, with one more day to mend.'],
    },
  },
};

export function quote(title: string): string {
  return `“${title}”`;
}
