import { expect, test } from '@jest/globals';
import { languages, planDraftSchema, planSchema, profileSchema, repairPlan } from '@texas-ai/life';
import {
  buildChapterBrief,
  buildDayBrief,
  buildPlan,
  buildPlanDraft,
  buildProfile,
} from './builders.js';

test.each(languages)('what is built in %s is valid', (language) => {
  expect(profileSchema.parse(buildProfile(language))).toEqual(buildProfile(language));
  expect(planSchema.parse(buildPlan(language))).toEqual(buildPlan(language));
  const draft = planDraftSchema.parse(buildPlanDraft(language));
  expect(repairPlan(draft, buildDayBrief({ language }))).toMatchObject({
    repairs: [],
    refusals: [],
  });
});

test('a brief is in the language of the profile that it is given', () => {
  const profile = buildProfile('en');
  expect(buildDayBrief({ profile }).weather).toEqual(buildDayBrief({ language: 'en' }).weather);
  expect(buildChapterBrief({ profile }).plan).toEqual(buildPlan('en'));
});

test('copies are independent', () => {
  buildProfile().companions.pop();
  expect(buildProfile().companions).toHaveLength(2);
});
