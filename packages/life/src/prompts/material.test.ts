import { expect, test } from '@jest/globals';
import { buildDayBrief } from '@texas-ai/testing';
import { profileSection } from './material.js';
import { promptWords } from './prompt.js';

test('the section of a profile is the same however many days were described in between', () => {
  const brief = buildDayBrief({ language: 'en' });
  const words = promptWords('en');
  const sections = (ordinals: readonly number[]) =>
    ordinals.map((ordinal) => profileSection({ ...brief, ordinal }, words));
  const days = Array.from({ length: 40 }, (_, index) => index + 1);
  const described = sections(days);
  expect(sections(days)).toEqual(described);
  // Another profile object is described anew.
  const renamed = { ...brief, profile: { ...brief.profile, name: 'Robin' } };
  expect(profileSection(renamed, words)).toContain('Robin');
});
