import type { Grammar } from '../grammar.js';

export const messages: Grammar['messages'] = {
  personal: [
    'busy with things of my own',
    'I have just got one hand free to write',
    'halfway through my own list',
    'it is {time} and my hands are still full',
    'I am at {place}, not far off',
    'some small thing to see to here',
    'a stolen look at the phone',
  ],
  work: [
    'halfway through the work here',
    'a free minute, with a little left to do',
    'work is going well enough',
    'it is {time} and nearly done here',
    'catching my breath before the next part',
    'nothing hard today, only a lot of it',
    'still at {place}',
  ],
  social: [
    'it is lively here',
    'I am with people and stole a moment to write',
    'everyone is talking at once here at {place}',
    'they are deep in conversation, so I slipped away to write this',
    'it is {time} and nobody has left yet',
    'the others do the talking and I do the listening',
    'there is a lot of laughing here',
  ],
  rest: [
    'I am resting',
    'I am at {place} and doing nothing',
    'an idle moment for once',
    'it is {time} and I am staring at nothing',
    'I have been lazy for a while',
    'I do not feel like moving',
    'my head is empty, and it is nice',
  ],
  weather: {
    sunny: [
      'the sun is out here',
      'not a cloud to be seen',
      'it would be a waste to stay in today',
    ],
    cloudy: [
      'a lot of cloud here, and the light comes and goes',
      'the clouds are quick today',
      'I looked at the clouds for a bit',
    ],
    overcast: [
      'grey here, but dry so far',
      'today is the colour of a pavement',
      'the sky is dull and I am fine',
    ],
    rain: [
      'it is raining here',
      'still raining',
      'I have been listening to the rain',
      'take an umbrella if you go out',
    ],
    storm: [
      'there is thunder here, so shut your windows',
      'a proper storm, stay in if you can',
      'that last thunder was a loud one',
    ],
    snow: ['it is snowing', 'everything is white here', 'it is slippery, so walk slowly'],
    fog: [
      'thick fog, nothing to see from the window',
      'one could hide in this fog',
      'the fog has not lifted',
    ],
  },
};

export const asides = [
  'just so you know',
  'no need to answer right away',
  'you came to mind',
  'more later',
  'nothing important',
  'I suppose you are busy too',
  'I have to get back to it',
  'the details can wait',
  'all is well here, do not worry',
  'I only wanted to say a word to somebody',
  'remember to drink something',
  'do not sit still for too long',
  'I will tell you some day',
  'I feel better for having said so',
  'I will show you a picture later',
  'this one needs no reply',
  'take care of yourself',
  'I will write again later',
  'the reception is good for once',
  'my battery is nearly flat',
  'few words, but meant',
  'do not worry about me',
  'that is all for the moment',
  'leave me a note if there is anything',
  'do not let me keep you',
  'that is about the size of today',
];

export const questions = [
  'what are you up to',
  'is there any news',
  'are you eating properly',
  'is there anything I should bring you',
  'how are things with you',
  'is this a good moment to talk',
  'are you tired these days',
  'what are you listening to these days',
  'which day are you free this week',
  'does what we agreed still stand',
];

export const mornings = [
  'good morning, {owner}',
  'morning, {owner}, I am up',
  'I am awake, {owner}, good morning',
  'good morning, {owner}, another day',
];

export const nights = [
  'good night, {owner}',
  'I am going to sleep, {owner}, good night',
  'that is all for today, {owner}, good night',
  'lights out, {owner}, sleep well',
];
