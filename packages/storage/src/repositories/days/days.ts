import { formatMinute, instantOf, Temporal } from '@texas-ai/kernel';
import type {
  Day,
  DayItem,
  DayRepository,
  DaySummary,
  Generation,
  StoredBrief,
} from '@texas-ai/life';
import type { Knex } from 'knex';
import { queryRows } from '../../database/query-rows.js';
import { fallbackOf } from '../generations/generation-row.js';
import { experienceColumns, itemColumns, jsonRows } from './json-rows.js';
import { localDates } from './local-dates.js';

interface SummaryRow {
  character_id: string;
  date: string;
  published_at: Temporal.Instant;
  id: string;
  author: Generation['author'];
  model: string | null;
  fallback_from: Generation['author'] | null;
  fallback_code: string | null;
  fallback_reason: string | null;
  brief: StoredBrief;
  summary: string;
  time_zone: string;
  language: string;
}

interface ExperienceRow {
  id: string;
  item: number;
  start: number;
  end: number;
  content: string;
  emotions: string[];
  thoughts: string;
  interaction: string | null;
}

interface ItemRow extends Omit<DayItem, 'start' | 'end' | 'experiences'> {
  position: number;
  start: number;
  end: number;
}

interface DayRow extends SummaryRow {
  items: ItemRow[];
  experiences: ExperienceRow[];
}

const itemsAndExperiences = `
  ${jsonRows('generations', 'schedule_items', 'position', { position: 'position', ...itemColumns })} AS items,
  ${jsonRows('generations', 'experiences', 'start_minute', experienceColumns)} AS experiences`;

/** SQL column: the summary and titles of the live day before the date of a generation, as JSON; or null. */
export const dayBefore = `(
  SELECT jsonb_build_object('date', days.date, 'summary', earlier.summary, 'titles', ARRAY(
    SELECT title FROM schedule_items
    WHERE generation_id = earlier.id AND NOT asleep ORDER BY position))
  FROM days JOIN generations AS earlier ON earlier.id = days.generation_id
  WHERE days.character_id = generations.character_id AND days.date = generations.date - 1) AS yesterday`;

export function makeDayRepository(db: Knex): DayRepository {
  const summaries = () =>
    db('days')
      .join('generations', 'generations.id', 'days.generation_id')
      .join('characters', 'characters.id', 'days.character_id')
      .select(
        'days.character_id',
        'days.date',
        'days.published_at',
        'generations.id',
        'generations.author',
        'generations.model',
        'generations.brief',
        'generations.summary',
        'generations.fallback_from',
        'generations.fallback_code',
        'generations.fallback_reason',
        'characters.time_zone',
        'characters.language',
      );

  return {
    async find(character, date) {
      const rows: DayRow[] = await summaries()
        .where({ 'days.character_id': character, 'days.date': date.toString() })
        .select(db.raw(itemsAndExperiences))
        .limit(1);
      const row = rows[0];
      return row ? { ...toSummary(row), items: toItems(row) } : null;
    },

    async list({ character, from, to, after, limit }) {
      const query = summaries()
        .where({ 'days.character_id': character })
        .orderBy([
          { column: 'days.date', order: 'desc' },
          { column: 'days.generation_id', order: 'desc' },
        ])
        .limit(limit);
      if (from !== undefined) query.where('days.date', '>=', from.toString());
      if (to !== undefined) query.where('days.date', '<=', to.toString());
      if (after) {
        const cursor = [after.date.toString(), after.id];
        query.whereRaw('(days.date, days.generation_id) < (?::date, ?::uuid)', cursor);
      }
      return ((await query) as SummaryRow[]).map(toSummary);
    },

    async charactersWithout(now) {
      const today = await localDates(db, now);
      const [row] = await queryRows<{ count: number }>(
        db,
        `SELECT count(*)::int AS count
         FROM characters
           JOIN jsonb_to_recordset(?) AS today (zone text, date date)
             ON zone = characters.time_zone
           LEFT JOIN days ON days.character_id = characters.id AND days.date = today.date
         WHERE days.date IS NULL AND next_plan_at <> 'infinity'`,
        [JSON.stringify(today)],
      );
      return row?.count ?? 0;
    },

    async missing(now, planningTime, minutes) {
      const late = now.subtract({ minutes });
      const today = (await localDates(db, now)).filter(({ zone, date }) => {
        const planned = instantOf(Temporal.PlainDate.from(date), planningTime, zone);
        return planned.epochMilliseconds <= late.epochMilliseconds;
      });
      const [missing] = await queryRows<{ count: number; some: string[] | null }>(
        db,
        `WITH missing AS (
           SELECT id FROM characters
             JOIN jsonb_to_recordset(:today) AS today (zone text, date date) ON zone = time_zone
           WHERE next_plan_at <> 'infinity' AND created_at <= :late::timestamptz AND NOT EXISTS (
             SELECT FROM days WHERE days.character_id = characters.id AND days.date = today.date)
         )
         SELECT count(*)::int AS count,
           (SELECT array_agg(id) FROM (SELECT id FROM missing ORDER BY id LIMIT 10) AS few) AS some
         FROM missing`,
        { today: JSON.stringify(today), late: late.toString() },
      );
      return { count: missing?.count ?? 0, some: missing?.some ?? [] };
    },
  };
}

function toSummary(row: SummaryRow): DaySummary {
  return {
    character: row.character_id,
    date: row.date,
    timeZone: row.time_zone,
    language: row.language,
    dayType: row.brief.dayType,
    generation: {
      id: row.id,
      author: row.author,
      model: row.model,
      fallback: fallbackOf(row),
      publishedAt: row.published_at.toString(),
    },
    weather: row.brief.weather,
    majorEvent: row.brief.majorEvent,
    summary: row.summary,
  };
}

function toItems({ items, experiences }: DayRow): Day['items'] {
  return items.map(({ id, position, start, end, ...item }) => ({
    id,
    start: formatMinute(start),
    end: formatMinute(end),
    ...item,
    experiences: experiences.filter((each) => each.item === position).map(toExperience),
  }));
}

function toExperience({ id, item: _item, start, end, interaction, ...text }: ExperienceRow) {
  return {
    id,
    start: formatMinute(start),
    end: formatMinute(end),
    ...text,
    interaction: interaction === null ? null : { content: interaction },
  };
}
