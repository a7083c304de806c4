import { describe, expect, test } from '@jest/globals';
import type { Day } from '@texas-ai/life';
import { renderTimeline } from './timeline.js';

const id = '019aafe0-0000-7000-8000-000000000000';

function day(overrides: Partial<Day> = {}): Day {
  return {
    character: 'texas',
    date: '2026-11-23',
    timeZone: 'Asia/Shanghai',
    language: 'zh',
    dayType: 'workday',
    generation: {
      id,
      author: 'offline',
      model: null,
      fallback: null,
      publishedAt: '2026-11-23T00:00:00Z',
    },
    weather: { summary: '小雨', condition: 'rain', tempMinC: 8, tempMaxC: 13, source: 'seeded' },
    majorEvent: null,
    summary: '平常的一天。',
    items: [
      {
        id,
        start: '07:00',
        end: '07:30',
        title: '早餐',
        category: 'personal',
        priority: 'low',
        asleep: false,
        location: '面馆',
        description: '',
        companions: ['可颂'],
        weatherAffected: false,
        emotionalTags: [],
        interactionPotential: 'low',
        experiences: [
          {
            id,
            start: '07:00',
            end: '07:30',
            content: '她把车停稳，'.repeat(12),
            emotions: ['平静'],
            thoughts: '还早。',
            interaction: { content: '早。' },
          },
        ],
      },
    ],
    ...overrides,
  };
}

describe('renderTimeline', () => {
  test('in Chinese: name, date, weather, author and all texts', () => {
    const text = renderTimeline(day(), '德克萨斯', 60);
    expect(text).toContain('德克萨斯 · 2026年11月23日星期一 · 工作日');
    expect(text).toContain('小雨，8–13 °C · 离线作者（未使用大模型）');
    expect(text).toContain('07:00–07:30  早餐 · 面馆 · 和可颂');
    expect(text).toContain('心想：还早。');
    expect(text).toContain('→ 想告诉你：早。');
  });

  test('closing punctuation never begins a line', () => {
    for (let width = 30; width < 90; width++) {
      expect(renderTimeline(day(), '德克萨斯', width)).not.toMatch(/^\s*[，。]/m);
    }
  });

  test('in English, by a model, during a major event', () => {
    const text = renderTimeline(
      day({
        language: 'en',
        generation: {
          id,
          author: 'gemini',
          model: 'a-model',
          fallback: null,
          publishedAt: '2026-11-23T00:00:00Z',
        },
        majorEvent: {
          kind: 'trip',
          title: 'A long road',
          objective: 'Deliver',
          startDate: '2026-11-22',
          days: 3,
          dayNumber: 2,
        },
      }),
      'Texas',
      80,
    );
    expect(text).toContain('Monday, 23 November 2026 · workday');
    expect(text).toContain('written by a-model');
    expect(text).toContain('Major event: A long road (day 2 of 3)');
    expect(text).not.toContain('offline');
  });
});
