import type { Grammar } from '../grammar.js';

export const stopgaps: Grammar['stopgaps'] = {
  habits: {
    waking: { title: 'Getting up', description: 'Waking, washing, getting ready for the day.' },
    breakfast: { title: 'Breakfast', description: 'Something warm and a look at the day ahead.' },
    lunch: { title: 'Lunch', description: 'A proper meal, sitting down.' },
    dinner: { title: 'Dinner', description: 'The day is done, and dinner takes its time.' },
    evening: { title: 'A free evening', description: 'The hours after dark, kept free.' },
    bedtime: { title: 'Getting ready for bed', description: 'Washing, lights out, sleep.' },
  },
  events: {
    trip: [
      { title: 'On the road', description: 'Travelling towards the destination.' },
      { title: 'Meeting people there', description: 'Seeing whom there is to see.' },
      { title: 'Paperwork at the counters', description: 'Several windows, several stamps.' },
      { title: 'A walk through the strange town', description: 'Learning the way around.' },
      { title: 'Notes of the day', description: 'Writing down what got done.' },
    ],
    delivery: [
      { title: 'Checking the special goods', description: 'Seals, numbers, terms of handover.' },
      { title: 'Walking the route', description: 'Once along it, noting the weak points.' },
      { title: 'Escorting the goods', description: 'Stage by stage, never out of reach.' },
      { title: 'Arranging the handover', description: 'Time, place and the right person.' },
      { title: 'The handover report', description: 'Writing it all down for the file.' },
    ],
    training: [
      { title: 'Lessons', description: 'Listening, taking notes, asking.' },
      { title: 'Practice', description: 'Over and over until the hands know.' },
      { title: 'Group exercise', description: 'Working together with the others.' },
      { title: 'Going over mistakes', description: 'What went wrong today, and why.' },
      { title: 'Extra rounds', description: 'A few more after the others have left.' },
    ],
    private: [
      { title: 'Private business', description: 'Something nobody else can see to.' },
      { title: 'Writing a letter', description: 'Written, rewritten, and posted in the end.' },
      { title: 'Seeing an old acquaintance', description: 'Sitting down over old matters.' },
      { title: 'Sorting old things', description: 'Deciding what to keep.' },
      { title: 'A walk alone', description: 'Walking until the head is clear.' },
    ],
    illness: [
      { title: 'Bed rest', description: 'Medicine, and waiting for the fever to go.' },
      { title: 'Something hot', description: 'A thin soup, spoon by spoon.' },
      { title: 'Half asleep', description: 'Asleep for a while, awake for a while.' },
      { title: 'A light book', description: 'A little better, good for a few pages.' },
      { title: 'Thermometer and pills', description: 'On time, with the figure written down.' },
    ],
  },
  onTheWay: 'away from home',
};
