import { localDate, type Temporal, TexasError } from '@texas-ai/kernel';
import { requestGeneration } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation, type OperationResponse } from '../transport/operation.js';
import { plainDate } from './parameters.js';

type Deps = Pick<AppDeps, 'config' | 'store' | 'readers' | 'requesting' | 'clock' | 'characters'>;

const query = z.strictObject({
  target_date: plainDate.optional().meta({
    description: 'A local date of the character, `YYYY-MM-DD`; default: her local today.',
    example: '2026-11-23',
  }),
});

const messageSchema = z.object({ message: z.string() }).meta({ id: 'Message' });

/** 2026-11-24 (RFC 9745). */
const deprecation = '@1795478400';

const common = {
  method: 'get',
  scope: 'generate',
  tag: 'original',
  deprecated: true,
  query,
} as const;

const headers = {
  Deprecation: 'When the operation was deprecated (RFC 9745).',
  Link: 'The replacement, as `rel="successor-version"`.',
};

/** The two operations of the original system, for the installation's first character. */
export function legacyOperations(deps: Deps): Operation[] {
  const { store, readers, clock, requesting } = deps;
  const { basePath } = deps.config.server;

  async function targetDay(
    date: Temporal.PlainDate | undefined,
  ): Promise<{ character: string; date: Temporal.PlainDate }> {
    const [first] = deps.characters;
    if (!first) throw new TexasError('character_not_found', 'There is no character.');
    const { id: character, timeZone } = await readers.profile(first.profile.id);
    return { character, date: date ?? localDate(clock.now(), timeZone) };
  }

  return [
    defineOperation({
      ...common,
      id: 'generateDailyLife',
      path: '/generate-daily-life',
      limit: 'generations',
      changes: true,
      summary: 'Generate a day (legacy)',
      summaryZh: '生成每日日程和微观经历（原接口）',
      description:
        'For the installation’s first character. Use `POST …/days/{date}/generations` instead.',
      responses: {
        200: {
          description: 'Accepted; workers write the day.',
          body: messageSchema,
          example: { message: '2026-11-23 的日程生成任务已提交。' },
          headers: { ...headers, Location: 'The generation.' },
        },
      },
      problems: ['character_not_found', 'date_out_of_window'],
      async respond({ query: { target_date }, requestId }) {
        const { character, date } = await targetDay(target_date);
        const { id } = await requestGeneration(requesting, {
          character,
          date,
          fresh: false,
          askedBy: 'person',
          idempotency: null,
          requestId,
        }).catch(rethrowWithLegacyField);
        return messageResponse(
          `${date} 的日程生成任务已提交。`,
          `${basePath}/v1/characters/${character}/days/${date}/generations`,
          { Location: `${basePath}/v1/generations/${id}` },
        );
      },
    }),
    defineOperation({
      ...common,
      id: 'collectInteractions',
      path: '/collect-interactions',
      summary: 'Count the interactions of a day (legacy)',
      summaryZh: '收集需要主动交互的微观经历（原接口）',
      description:
        'For the installation’s first character. Interactions are collected when the day is published; this ' +
        'returns their number. Use `GET …/interactions` instead.',
      responses: {
        200: {
          description: 'The interactions are collected.',
          body: messageSchema,
          example: { message: '2026-11-23 的主动交互已收集，共 12 条。' },
          headers,
        },
      },
      problems: ['character_not_found', 'day_not_found'],
      async respond({ query: { target_date } }) {
        const { character, date } = await targetDay(target_date);
        const day = await readers.day(character, date);
        if (!day) {
          throw new TexasError('day_not_found', `${date} has not been written.`, {
            details: { field: 'target_date' },
          });
        }
        const collected = await store.interactions.list({
          character,
          date,
          limit: maxInteractionsOfDay,
        });
        return messageResponse(
          `${date} 的主动交互已收集，共 ${collected.length} 条。`,
          `${basePath}/v1/characters/${character}/interactions?date=${date}`,
        );
      },
    }),
  ];
}

/** The legacy name of the field `date` is `target_date`. */
function rethrowWithLegacyField(error: unknown): never {
  if (!(error instanceof TexasError) || error.details.field !== 'date') throw error;
  throw new TexasError(error.code, error.message, { details: { field: 'target_date' } });
}

/** A day of 5-minute experiences has no more than this. */
const maxInteractionsOfDay = 288;

function messageResponse(
  message: string,
  successor: string,
  extraHeaders: Record<string, string> = {},
): OperationResponse {
  return {
    status: 200,
    headers: {
      Deprecation: deprecation,
      Link: `<${successor}>; rel="successor-version"`,
      'Cache-Control': 'no-store',
      ...extraHeaders,
    },
    body: { message },
  };
}
