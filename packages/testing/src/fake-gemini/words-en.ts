import type { FakeWords, PlannedItem } from './words.js';

const morning: PlannedItem[] = [
  {
    category: 'personal',
    versions: [
      ['Getting up', 'Home', 'Opens the curtains and ties her hair back.'],
      ['Waking slowly', 'Home', 'Sits on the edge of the bed for a while first.'],
    ],
  },
  {
    category: 'personal',
    versions: [
      ['Breakfast and coffee', 'The cafe downstairs', 'Something hot, by the window.'],
      ['Cooking breakfast', 'Home', "Eggs and toast beside last night's cup."],
    ],
  },
];
const evening: PlannedItem[] = [
  {
    category: 'personal',
    versions: [
      ['Dinner', 'Noodle shop on the corner', 'A bowl of soup with extra scallions.'],
      ['Cooking dinner', 'Home', 'Whatever the fridge still has.'],
    ],
  },
  {
    category: 'rest',
    versions: [
      ['Old records', 'Home', 'The needle crackles before the song.'],
      ['Half a film', 'Home', 'It begins slowly, which suits her.'],
    ],
  },
  {
    category: 'social',
    versions: [
      ['A call with a friend', 'Home', 'They talk about small things.'],
      ['An evening walk', 'Riverside', 'Along the lamps, in company.'],
    ],
  },
  {
    category: 'rest',
    versions: [
      ['Tidying before bed', 'Home', "Puts tomorrow's things by the door."],
      ['A bath and a book', 'Home', 'Back to the page with the folded corner.'],
    ],
  },
];

export const fakeWordsEn: FakeWords = {
  workday: [
    ...morning,
    {
      category: 'work',
      versions: [
        ['Checking the car', 'Garage', 'Tyres, oil and mirrors, one after another.'],
        ['Sorting the orders', 'Office', 'Puts the slips in the order of the route.'],
      ],
    },
    {
      category: 'work',
      versions: [
        ['Morning deliveries', 'Downtown', 'Three addresses and a way around the road works.'],
        ['A run to the docks', 'Docks', 'The goods wait for her, she waits for a signature.'],
      ],
    },
    {
      category: 'personal',
      versions: [
        ['Lunch', 'Roadside diner', 'Whatever comes fastest.'],
        ['A sandwich in the car', 'Car park', 'Window down a finger, the radio next door.'],
      ],
    },
    {
      category: 'work',
      versions: [
        ['Afternoon deliveries', 'Downtown', 'The last addressee is a quarter of an hour late.'],
        ['Picking up crates', 'Warehouse', 'Heavier than the slip says.'],
      ],
    },
    {
      category: 'work',
      versions: [
        ['Settling the books', 'Office', 'Matches the small change and signs.'],
        ['Washing the car', 'Garage', 'The hose leaks into one shoe.'],
      ],
    },
    ...evening,
  ],
  freeDay: [
    ...morning,
    {
      category: 'personal',
      versions: [
        ['Cleaning the flat', 'Home', 'An old ticket turns up on the sill.'],
        ['Laundry', 'Laundrette', 'Watches the drum and the posters.'],
      ],
    },
    {
      category: 'rest',
      versions: [
        ['Second-hand books', 'Bookshop', 'Stays longer than she meant to.'],
        ['A bench in the park', 'Park', 'The wood is warm.'],
      ],
    },
    {
      category: 'personal',
      versions: [
        ['Lunch', 'Small restaurant', 'Something on the menu she never tried.'],
        ['Market and lunch', 'Home', 'One bunch of greens too many.'],
      ],
    },
    {
      category: 'social',
      versions: [
        ['A visit', 'Home', 'A box of cakes arrives, half of it stays.'],
        ['Shopping in company', 'Arcade', 'Gives few opinions.'],
      ],
    },
    {
      category: 'rest',
      versions: [
        ['An afternoon nap', 'Home', 'No alarm.'],
        ['Oiling the tools', 'Home', 'Lines them up by size, then changes her mind.'],
      ],
    },
    ...evening,
  ],
  summary: (name, titles) =>
    `The day of ${name} began with ${lower(titles[0])} and led through ${lower(titles[3])}, neither busy nor idle. After dusk it slowed down and ended with ${lower(titles.at(-1))}.`,
  openings: [
    (title, name) => `${title}: ${name} took it without hurry.`,
    (title) => `${title} went better than expected.`,
    (_, name) => `Somebody passed outside; ${name} listened for a moment and went on.`,
    (title) => `Halfway through ${lower(title)} there was a small delay.`,
    (_, name) => `${name} pushed the clutter aside and began.`,
    (title) => `It was meant to be ${lower(title)}, but first came a minute of staring at nothing.`,
  ],
  details: [
    'The steam over the cup was gone soon.',
    'Upstairs a chair was dragged across the floor, twice.',
    'There was dust on a sleeve, and it took two strokes to get it off.',
    'The phone buzzed in a pocket: a note about the weather.',
    'A sparrow sat on the railing and would not leave.',
    'A coin lay there that nobody had missed.',
    'The traffic far away sounded like a tap left running.',
    'The air smelled a little of bread.',
    'A shoelace had come loose and was tied again.',
    'The radio next door changed stations and found an old song.',
    'One streak was left on the glass.',
    'The lamp flickered and steadied.',
    'The corner of the paper curled and was pressed flat with a fingernail.',
    'Across the street somebody laughed, briefly.',
    'The keys rang against the edge of the table.',
    'There was time to spare, and the steps slowed down.',
    'The wind pushed a leaflet against one boot.',
    'Of the sweet only a thin slice was left.',
    'The curtain was not quite shut, and a strip of light lay on the floor.',
    'Something small was almost forgotten and then was not.',
  ],
  feelings: [
    'calm',
    'focused',
    'light',
    'sleepy',
    'curious',
    'content',
    'pensive',
    'bored',
    'safe',
    'impatient',
  ],
  thoughts: [
    'This will do.',
    'One thing after another.',
    'Ten minutes earlier next time.',
    'Less trouble than I thought.',
    'Quiet is a kind of rest, too.',
    'Not worth remembering, and still I will.',
    'If anyone asks: all normal.',
  ],
  messages: [
    'Found a coin just now. Half of the luck is yours.',
    'Done for the moment, catching my breath. How is it over there?',
    'Met a sparrow that fears nobody. Quieter than my colleagues.',
    'Remember to eat. I already have.',
    'It goes well today; I may be done early.',
    'They are playing an old song next door. You would like it.',
  ],
};

function lower(title = ''): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}
