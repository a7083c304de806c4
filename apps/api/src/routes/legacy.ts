import { localDate, TexasError } from '@texas-ai/kernel';
import { dateText, requestGeneration } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { type Answer, defineOperation, type Operation } from '../transport/operation.js';
import { requestingBy } from './request-origin.js';

type Deps = Pick<
  AppDeps,
  'config' | 'logger' | 'store' | 'readers' | 'producer' | 'announcer' | 'clock' | 'characters'
>;

const query = z.strictObject({
  target_date: dateText.optional().meta({
    description: 'A local date of the character, `YYYY-MM-DD`; today where she lives by default.',
    example: '2026-11-23',
  }),
});

const messageSchema = z.object({ message: z.string() }).meta({ id: 'Message' });

/** When these calls became deprecated: 2026-11-24 (RFC 9745). */
const deprecation = '@1795478400';

const common = {
  method: 'get',
  scope: 'generate',
  tag: 'original',
  deprecated: true,
  query,
} as const;

const headers = {
  Deprecation: 'Since when the call is deprecated (RFC 9745).',
  Link: 'What to call instead, as `rel="successor-version"`.',
};

/** The two calls of the original system, for the installation's first character, in its words. */
export function originalOperations(deps: Deps): Operation[] {
  const { store, readers, clock } = deps;
  const { basePath } = deps.config.server;
  const requesting = requestingBy(deps);

  async function theDay(target: string | undefined): Promise<{ character: string; date: string }> {
    const [first] = deps.characters;
    if (!first) throw new TexasError('character_not_found', 'There is no character.');
    const { id: character, timeZone } = await readers.profile(first.profile.id);
    return { character, date: target ?? localDate(clock.now(), timeZone).toString() };
  }

  return [
    defineOperation({
      ...common,
      id: 'generateDailyLife',
      path: '/generate-daily-life',
      limit: 'generations',
      changes: true,
      summary: 'Have a day written, as the original system was asked',
      summaryZh: '生成每日日程和微观经历（原接口）',
      description:
        'Of the installation’s first character. Use `POST …/days/{date}/generations` instead.',
      answers: {
        200: {
          description: 'Accepted; workers write it.',
          body: messageSchema,
          example: { message: '2026-11-23 的日程生成任务已提交。' },
          headers: { ...headers, Location: 'Where to follow the generation.' },
        },
      },
      problems: ['character_not_found', 'date_out_of_window'],
      async answer({ query: { target_date }, requestId }) {
        const day = await theDay(target_date);
        const { id } = await requestGeneration(requesting, {
          ...day,
          fresh: false,
          askedBy: 'person',
          idempotency: null,
          requestId,
        }).catch(inItsOwnWords);
        return said(
          `${day.date} 的日程生成任务已提交。`,
          `${basePath}/v1/characters/${day.character}/days/${day.date}/generations`,
          { Location: `${basePath}/v1/generations/${id}` },
        );
      },
    }),
    defineOperation({
      ...common,
      id: 'collectInteractions',
      path: '/collect-interactions',
      summary: 'Whether a day’s interactions are collected, as the original system was asked',
      summaryZh: '收集需要主动交互的微观经历（原接口）',
      description:
        'Of the installation’s first character. Interactions are collected when the day is published; ' +
        'this says how many there are. Use `GET …/interactions` instead.',
      answers: {
        200: {
          description: 'They are collected.',
          body: messageSchema,
          example: { message: '2026-11-23 的主动交互已收集，共 12 条。' },
          headers,
        },
      },
      problems: ['character_not_found', 'day_not_found'],
      async answer({ query: { target_date } }) {
        const { character, date } = await theDay(target_date);
        const day = await readers.day(character, date);
        if (!day) {
          throw new TexasError('day_not_found', `${date} is not written.`, {
            details: { field: 'target_date' },
          });
        }
        const collected = await store.interactions.list({ character, date, limit: mostOfADay });
        return said(
          `${date} 的主动交互已收集，共 ${collected.length} 条。`,
          `${basePath}/v1/characters/${character}/interactions?date=${date}`,
        );
      },
    }),
  ];
}

/** A date is called otherwise here. */
function inItsOwnWords(error: unknown): never {
  if (!(error instanceof TexasError) || error.details.field !== 'date') throw error;
  throw new TexasError(error.code, error.message, { details: { field: 'target_date' } });
}

/** More than a day of 5-minute experiences has. */
const mostOfADay = 288;

function said(message: string, successor: string, more: Record<string, string> = {}): Answer {
  return {
    status: 200,
    headers: {
      Deprecation: deprecation,
      Link: `<${successor}>; rel="successor-version"`,
      'Cache-Control': 'no-store',
      ...more,
    },
    body: { message },
  };
}
