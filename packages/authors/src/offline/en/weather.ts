import type { Grammar } from '../grammar.js';

export const weather: Grammar['weather'] = {
  sunny: {
    outdoors: [
      'the sun bleaches the pavement almost white',
      'short shadows keep close to every heel',
      'the sky is a clean, hard blue',
      'the sunny side of the street is the warm one',
      'windscreens flash one after another',
      'the tarmac gives off its faint warm smell',
    ],
    indoors: [
      'a bar of sunlight lies across the floor',
      'the windowsill is warm to the touch',
      'dust drifts through the sunlight',
      'the window holds a square of clean blue',
      'a patch of sun creeps along the wall',
      'light bounces off the windows across the street',
    ],
  },
  cloudy: {
    outdoors: [
      'clouds slide over the roofs one block at a time',
      'the light comes and goes',
      'a gap in the clouds lets a little brightness through',
      'the wind hurries the clouds along',
      'cloud shadows cross the road without looking',
    ],
    indoors: [
      'clouds pass the window in no hurry',
      'the room brightens and dims with the clouds',
      'one cloud sits exactly inside the window frame',
      'cloud shadows move down the wall opposite',
      'half the sky outside is cloud and half is not',
    ],
  },
  overcast: {
    outdoors: [
      'the sky has the colour of dishwater',
      'the clouds hang low and keep everything to themselves',
      'nothing on the street throws a shadow',
      'the grey light flattens every wall',
      'the tallest roofs almost touch the cloud',
    ],
    indoors: [
      'the window is one even grey',
      'the sky outside cannot make up its mind',
      'the light in the room is flat and without shadows',
      'the houses opposite look a shade paler than usual',
      'the cloud sits on the top edge of the window',
    ],
  },
  rain: {
    outdoors: [
      'rain ticks on the hood of every coat',
      'rings open and close on the puddles',
      'water runs down the shop signs in strings',
      'the wet road doubles every headlight',
      'the gutters swallow and gurgle',
      'umbrellas drift past at shoulder height',
      'the rain turns the street noise down',
      'each passing tyre hisses through the water',
    ],
    indoors: [
      'rain crawls down the glass in crooked lines',
      'the rain outside keeps up its fine, even sound',
      'drops tap on the sill and never agree on a rhythm',
      'the rain hurries and slackens as if it could not decide',
      'the drainpipe rushes outside',
      'rain drums on the metal box outside the window',
      'the gutter above the window overflows a little',
      'everything beyond the glass is blurred with water',
    ],
  },
  storm: {
    outdoors: [
      'the rain is so heavy that the corner has disappeared',
      'thunder rolls over from the harbour side',
      'the wind turns umbrellas inside out',
      'water spills over the kerb',
      'lightning whitens the whole street for a blink',
      'the trees bend as far as they can',
    ],
    indoors: [
      'thunder makes the panes hum',
      'the storm throws water at the window by the handful',
      'lightning flickers behind the curtain',
      'the wind moans in the gap between the buildings',
      'the lamp dips once and steadies',
      'nothing is left outside but water',
    ],
  },
  snow: {
    outdoors: [
      'snow settles on the shoulders and takes its time to melt',
      'the snow creaks under every step',
      'the parked cars have all gone white',
      'breath hangs in the air',
      'flakes turn in the light of the street lamp',
      'the snow has taken half the sound out of the city',
    ],
    indoors: [
      'snow falls past the window, flake after flake',
      'the roof across the way is white',
      'the glass has fogged over at the edges',
      'the brightness of the snow reaches the ceiling',
      'the radiator knocks quietly',
      'everyone who comes in stamps snow off first',
    ],
  },
  fog: {
    outdoors: [
      'the fog leaves half the street and keeps the rest',
      'headlights smear into soft yellow balls',
      'the damp air clings to the hair',
      'a horn sounds from no direction in particular',
      'the upper floors have vanished into the fog',
    ],
    indoors: [
      'the window is white and the house opposite is gone',
      'the fog slides along the glass',
      'only outlines are left outside',
      'the fog muffles the street',
      'the pane is cold and damp to the touch',
    ],
  },
};

export const hot = [
  'heat rises from the ground in waves',
  'the shirt sticks between the shoulder blades',
  'even the breeze is hot',
  'the ice in the glass is gone in minutes',
  'the air conditioners wheeze along the wall',
];

export const cold = [
  'the cold finds its way up the sleeves',
  'fingertips go a little numb',
  'breath shows white for a second',
  'the metal handle bites with cold',
  'a collar is worth turning up',
];

export const inRoughWeather: Grammar['inRoughWeather'] = {
  rain: 'It is raining, so hood and umbrella come along.',
  storm: 'The storm makes it slower; shelter where there is some.',
  snow: 'There is snow, and everything takes a little longer.',
};
