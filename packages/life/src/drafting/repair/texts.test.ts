import { describe, expect, test } from '@jest/globals';
import { sampleProfile, validDraft } from '../../../test/day-material.js';
import { frame, repaired, withItem } from '../../../test/repaired.js';
import { repairPlan } from './repair-plan.js';

describe('texts', () => {
  const repairedItem = (over: object, profile = frame.profile) => {
    const { plan, repairs } = repaired(withItem(validDraft(), 2, over), { ...frame, profile });
    return { item: plan.items[3], repairs: repairs.map((repair) => repair.message) };
  };

  test('companions are limited to the profile and named as in it', () => {
    const companions = [' exusiai ', 'ＭＯＳＴＩＭＡ', 'Nobody', 'Mostima', '空'];
    const { item, repairs } = repairedItem({ companions });
    expect(item?.companions).toEqual(['Exusiai', 'Mostima', '空']);
    expect(repairs).toEqual([
      'read “exusiai” in “Item 3” as “Exusiai”',
      'read “ＭＯＳＴＩＭＡ” in “Item 3” as “Mostima”',
      'dropped “Nobody” from “Item 3”: not in the profile',
      'dropped “Mostima” from “Item 3”: named twice',
    ]);
  });

  test('a blank title is filled with the beginning of the description', () => {
    const { item, repairs } = repairedItem({
      title: ' \u200b…',
      description: 'Loads the van, slowly. Then waits.',
    });
    expect(item?.title).toBe('Loads the van');
    expect(repairs).toEqual([
      'filled the title of “Loads the van, slowly. Then waits.”: it was blank',
    ]);
  });

  test('blank texts are filled from the profile', () => {
    const { item } = repairedItem({ title: '', description: '', location: '', category: 'work' });
    expect(item).toMatchObject({
      title: 'Morning round',
      description: 'Morning round, as always.',
      location: 'the depot',
    });
  });

  test('without a similar activity they are filled with standard texts', () => {
    const { item } = repairedItem({
      title: '',
      description: 'x'.repeat(60),
      location: '-',
      category: 'social',
    });
    expect(item).toMatchObject({ title: 'Meeting people', location: 'the flat' });
    const zh = repairedItem(
      { title: '', description: '', location: '', category: 'social' },
      sampleProfile('zh'),
    );
    expect(zh.item).toMatchObject({
      title: '和人见面',
      description: '公寓：和人见面。',
      location: '公寓',
    });
  });

  test.each(['N/A', 'none', '无', '（无）'])(
    '“%s” is a placeholder for texts, companions and feelings',
    (word) => {
      const { item, repairs } = repairedItem({
        title: word,
        description: word,
        location: word,
        companions: [word],
        emotionalTags: [word],
        category: 'work',
      });
      expect(item).toMatchObject({
        title: 'Morning round',
        description: 'Morning round, as always.',
        location: 'the depot',
        companions: [],
        emotionalTags: [],
      });
      expect(repairs.join()).not.toContain('not in the profile');
      expect(repaired({ ...validDraft(), summary: word }).plan.summary).toMatch(
        /^The day: Item 1,/,
      );
    },
  );

  test('a companion’s name may look like a placeholder', () => {
    const companions = frame.profile.companions.map((each) => ({ ...each, name: '无' }));
    const { item } = repairedItem({ companions: ['无'] }, { ...frame.profile, companions });
    expect(item?.companions).toEqual(['无']);
  });

  test('a home without a usable name is called home', () => {
    const { name: _name, ...home } = frame.profile.home;
    const profile = sampleProfile('en', { home: { ...home, name: '—', place: 'nowhere' } });
    expect(repaired(validDraft(), { ...frame, profile }).plan.items[0]?.location).toBe('home');
  });

  test('a blank summary is made from the titles', () => {
    const { plan, rules } = repaired({ ...validDraft(), summary: ' \n' });
    expect(plan.summary).toBe('The day: Item 1, Item 2, Item 3, Item 4, Item 5, Item 6.');
    expect(rules).toEqual(['text-filled']);
    const zh = repairPlan(
      { ...validDraft(), summary: '' },
      { ...frame, profile: sampleProfile('zh') },
    );
    expect(zh.plan?.summary).toMatch(/^这一天：Item 1、/);
  });

  test('long texts are cut between code points', () => {
    const { item, repairs } = repairedItem({
      title: '🐧'.repeat(121),
      location: 'l'.repeat(500),
      description: '字'.repeat(1001),
    });
    expect(item).toMatchObject({
      title: '🐧'.repeat(120),
      location: 'l'.repeat(120),
      description: '字'.repeat(1000),
    });
    expect(repairs).toEqual([
      'cut a title to 120 characters',
      'cut a location to 120 characters',
      'cut a description to 1000 characters',
    ]);
  });

  test('characters that cannot be stored are removed', () => {
    const { item, repairs } = repairedItem({
      title: 'A\u0000 b\ud800\u0007',
      description: 'One.\n\n\n\nTwo.\u0000',
    });
    expect(item).toMatchObject({ title: 'A b', description: 'One.\n\nTwo.' });
    expect(repairs).toEqual([
      'removed invalid characters from a title',
      'removed invalid characters from a description',
    ]);
  });

  test('feelings are distinct, short and at most eight', () => {
    const emotionalTags = ['calm', ' calm', '', 'x'.repeat(50), ...'abcdefghij'];
    const { item, repairs } = repairedItem({ emotionalTags });
    expect(item?.emotionalTags).toEqual(['calm', 'x'.repeat(40), ...'abcdef']);
    expect(repairs).toEqual(['cleaned the feelings of “Item 3”: kept 8 of 14']);
  });
});
