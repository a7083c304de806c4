export const moves = [
  '{she} turns {her} wrists once each way',
  '{she} checks the watch',
  '{she} tucks a strand of hair behind one ear',
  '{she} takes a sip of water',
  '{she} glances outside',
  '{she} folds {her} sleeve up another turn',
  '{she} taps the edge of the nearest table',
  '{she} stands still to listen for a moment',
  '{she} rubs the back of {her} neck',
  '{she} looks at the phone and puts it away again',
  '{she} straightens {her} collar',
  '{she} changes hands',
  '{she} pauses for two seconds and says nothing',
  '{she} takes half a step aside',
];

export const gestures = [
  'straightening things in passing',
  'letting both shoulders drop',
  'humming half a tune',
  'tapping one foot very lightly',
  'looking somewhere else entirely',
  'a little slower than usual',
  'without a sound',
  'never quite stopping',
  'with no change of expression',
  'as if it had been decided long ago',
  'making a mental note of it',
  'looking around once more',
];

export const reactions = [
  '{she} nods',
  '{she} says nothing, but looks amused',
  '{she} answers with a short hum',
  '{she} looks up for a second',
  '{she} makes a note of it',
  '{she} shakes {her} head and does not take it seriously',
  '{she} thinks it over and does not object',
  '{she} moves over a little',
  '{she} gives one of {her} rare smiles',
  '{she} replies in two words',
  '{she} pretends not to have heard',
  '{she} lends a hand',
];

export const acts = [
  'lends a hand',
  'brings up some small thing from last night',
  'comes over for a look',
  'passes over something hot to drink',
  'tells a joke that is not quite funny',
  'leans on the wall for a rest',
  'hums over some task',
  'asks where they are going next',
];
