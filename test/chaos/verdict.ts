import type { Temporal } from '@texas-ai/kernel';
import { daySchema } from '@texas-ai/life';
import type { GeminiBehaviour } from '@texas-ai/testing';
import type { FaultyAuthor } from './faulty-author.js';
import type { ChaosSystem } from './system.js';

/** The faults of a run. */
export interface Harm {
  /** Kills of workers with a job. */
  kills: number;
  /** Kills of workers and other processes at chosen points. */
  aimedKills: number;
  /** Author calls in flight of killed workers. */
  callsCut: number;
  /** Days in progress while all calls failed. */
  daysAtDeadAuthor: number;
  outages: number;
}

export interface Accounts {
  generations: number;
  published: number;
  failed: number;
  fallenBack: number;
  /** Needed author calls: one for each stored plan and chapter of the author. */
  callsNeeded: number;
  callsArrived: number;
  /** Ledger entries by outcome. */
  ledger: Record<string, number>;
  /** The number of alerts by kind. */
  alerts: Record<string, number>;
}

/** The share of days that may fail with an author that fails a third of its calls: rarely four in a row. */
const fewAreLost = 0.05;

interface CountRow {
  name: string;
  count: number;
}

/** Returns the problems of a run, one sentence each. */
export async function faultsIn(
  system: ChaosSystem,
  author: FaultyAuthor,
  expected: { fallback: 'offline' | 'none'; dates: readonly string[]; harm: Harm },
): Promise<{ faults: string[]; accounts: Accounts }> {
  const faults = [
    ...(await lostGenerations(system, expected)),
    ...(await halfDays(system)),
    ...(await doubles(system)),
    ...(await silentDays(system)),
    ...(await alertFaults(system, expected.harm)),
  ];
  const accounts = await accountsOf(system, author);
  const { generations, failed, fallenBack } = accounts;
  const max = expected.harm.daysAtDeadAuthor + fewAreLost * generations;
  if (failed + fallenBack > max) {
    faults.push(`${failed} of ${generations} failed and ${fallenBack} fell back, ${max} at most.`);
  }
  return {
    faults: [...faults, ...(await unexplained(system, accounts, author, expected.harm))],
    accounts,
  };
}

async function lostGenerations(
  { database }: ChaosSystem,
  { fallback, dates }: { fallback: 'offline' | 'none'; dates: readonly string[] },
): Promise<string[]> {
  const rows: { id: string; date: string; status: string; error_code: string | null }[] =
    await database('generations').select('id', 'date', 'status', 'error_code');
  // Only the author may fail a day, never a kill or an outage.
  const ended = (row: (typeof rows)[number]) =>
    row.status === 'published' ||
    (fallback === 'none' && row.status === 'failed' && row.error_code?.startsWith('author_'));
  return [
    ...rows
      .filter((row) => !ended(row))
      .map(({ id, status, error_code: code }) => `${id} is ${status} (${code}) in the end.`),
    ...dates
      .filter((date) => !rows.some((row) => row.date === date))
      .map((date) => `${date} was accepted and is unknown.`),
  ];
}

/** Reads all live days through the api. */
async function halfDays({ database, get }: ChaosSystem): Promise<string[]> {
  const days: { date: string }[] = await database('days').select('date');
  const faults: string[] = [];
  for (const { date } of days) {
    const answer = await get(`/v1/characters/texas/days/${date}`);
    const day = daySchema.safeParse(await answer.json());
    if (!day.success) {
      faults.push(`${date} is no day: ${day.error.issues[0]?.message}`);
      continue;
    }
    const { items } = day.data;
    const bounds = items.flatMap(({ start, end }) => [start, end]);
    const contiguous = items.every(
      ({ end }, index) => end === (items[index + 1]?.start ?? '24:00'),
    );
    if (bounds[0] !== '00:00' || !contiguous) faults.push(`${date} has gaps: ${bounds.join(' ')}`);
    for (const { asleep, start, end, experiences } of items) {
      const [first] = experiences;
      const covered =
        first?.start === start &&
        experiences.every((each, index) => each.end === (experiences[index + 1]?.start ?? end));
      if (!asleep && !covered) faults.push(`${date} ${start}-${end} is not covered.`);
    }
  }
  return faults;
}

/** Counts rows that were stored twice or incompletely. */
async function doubles({ database }: ChaosSystem): Promise<string[]> {
  const { rows } = await database.raw<{ rows: { id: string; what: string }[] }>(`
    SELECT generations.id, 'chapters' AS what FROM generations
      WHERE chapters_written <> (SELECT count(*) FROM chapters
        WHERE generation_id = generations.id AND written_at IS NOT NULL)
    UNION ALL SELECT generation_id, 'doubled items' FROM schedule_items
      GROUP BY generation_id, start_minute HAVING count(*) > 1
    UNION ALL SELECT generation_id, 'doubled experiences' FROM experiences
      GROUP BY generation_id, start_minute HAVING count(*) > 1
    UNION ALL SELECT days.generation_id, 'interactions' FROM days
      WHERE (SELECT count(*) FROM interactions WHERE generation_id = days.generation_id) <>
        (SELECT count(*) FROM experiences
         WHERE generation_id = days.generation_id AND interaction IS NOT NULL)
    UNION ALL SELECT id, 'a published one without its day' FROM generations
      WHERE status = 'published' AND NOT EXISTS (SELECT FROM days
        WHERE character_id = generations.character_id AND days.date = generations.date)`);
  return rows.map(({ id, what }) => `${id}: ${what}.`);
}

async function silentDays({ database }: ChaosSystem): Promise<string[]> {
  const rows: { id: string }[] = await database('generations')
    .where({ status: 'published', announced_at: null })
    .select('id');
  return rows.map(({ id }) => `${id} was never announced.`);
}

/**
 * Each alert is delivered once when raised and once when recovered, except that a worker killed between sending and
 * recording it causes another delivery.
 */
async function alertFaults({ database, webhook }: ChaosSystem, harm: Harm): Promise<string[]> {
  const { rows } = await database.raw<{ rows: DeliveryRow[] }>(`
    SELECT kind, phase, tries, sent_at IS NOT NULL AS sent,
      phase = 'recovered' AS over, CASE phase WHEN 'raised' THEN opened_at ELSE recovered_at END AS at
    FROM alert_deliveries JOIN alerts ON alerts.id = alert_id`);
  const arrived = webhook.requests.map(({ json }) => json as Delivered);
  const faults: string[] = [];
  for (const { kind, phase, tries, sent, over, at } of rows) {
    const times = arrived.filter(
      (each) => each.over === over && Date.parse(each.timestamp) === at.epochMilliseconds,
    ).length;
    if (!sent || times === 0) faults.push(`${kind} was never delivered (${phase}).`);
    if (times > tries)
      faults.push(`${kind} was delivered ${times} times in ${tries} tries (${phase}).`);
  }
  // A delivery that was sent but not recorded is repeated: at most one in four kills.
  const again =
    arrived.length -
    new Set(arrived.map(({ title, over, timestamp }) => `${title} ${over} ${timestamp}`)).size;
  if (again > Math.max(2, harm.kills / 4)) faults.push(`${again} alerts were delivered again.`);
  // Each outage raises at most one alert of each kind, and so does the author.
  const { rows: kinds } = await database.raw<{
    rows: { kind: string; subject: string; count: number }[];
  }>('SELECT kind, subject, count(*)::int AS count FROM alerts GROUP BY kind, subject');
  for (const { kind, subject, count } of kinds) {
    if (count > harm.outages + 1) faults.push(`${kind} of ${subject} was raised ${count} times.`);
  }
  // The api alerts about PostgreSQL from memory.
  const recorded = arrived.filter(({ title }) => !title.includes('PostgreSQL does not respond'));
  const maxDeliveries = rows.reduce((sum, { tries }) => sum + tries, 0);
  if (recorded.length > maxDeliveries)
    faults.push(`${recorded.length} alerts arrived in ${maxDeliveries} tries.`);
  return faults;
}

interface DeliveryRow {
  kind: string;
  phase: string;
  tries: number;
  sent: boolean;
  over: boolean;
  at: Temporal.Instant;
}

/** The deliveries to the webhook. */
interface Delivered {
  title: string;
  over: boolean;
  timestamp: string;
}

async function accountsOf({ database }: ChaosSystem, author: FaultyAuthor): Promise<Accounts> {
  const one = async (query: string) =>
    (await database.raw<{ rows: { count: number }[] }>(query)).rows[0]?.count ?? 0;
  const outcomes: CountRow[] = await database('author_calls')
    .groupBy('outcome')
    .select('outcome as name', database.raw('count(*) AS count'));
  const raised: CountRow[] = await database('alerts')
    .groupBy('kind')
    .select('kind as name', database.raw('count(*) AS count'));
  return {
    generations: await one('SELECT count(*) FROM generations'),
    published: await one(`SELECT count(*) FROM generations WHERE status = 'published'`),
    failed: await one(`SELECT count(*) FROM generations WHERE status = 'failed'`),
    fallenBack: await one('SELECT count(*) FROM generations WHERE fallback_from IS NOT NULL'),
    callsNeeded: await one(`
      SELECT count(*) FROM (SELECT DISTINCT generation_id, step, chapter FROM author_calls
        WHERE outcome = 'answered') AS steps`),
    callsArrived: author.calls.length,
    ledger: Object.fromEntries(outcomes.map(({ name, count }) => [name, count])),
    alerts: Object.fromEntries(raised.map(({ name, count }) => [name, count])),
  };
}

/** Each additional call has a reason: an invalid answer, a kill or an outage. */
async function unexplained(
  { database }: ChaosSystem,
  { ledger, callsArrived }: Accounts,
  author: FaultyAuthor,
  harm: Harm,
): Promise<string[]> {
  const faults: string[] = [];
  const entries = Object.values(ledger).reduce((sum, count) => sum + count, 0);
  if (callsArrived > entries) {
    faults.push(`${callsArrived} calls were made and ${entries} are in the ledger.`);
  }
  const { rows } = await database.raw<{ rows: { answered: number; again: number }[] }>(`
    SELECT sum(answers)::int AS answered, sum(answers - 1)::int AS again FROM (
      SELECT count(*) AS answers FROM author_calls WHERE outcome = 'answered'
      GROUP BY generation_id, step, chapter) AS steps`);
  const again = rows[0]?.again ?? 0;
  // An invalid answer is billed and requested again. So is one whose worker dies before storing it, which at most one in
  // four kills causes.
  const lies = author.answered.get('wrongCount') ?? 0;
  const maxDiscarded = lies + harm.kills / 4 + concurrency * harm.outages;
  if (again > maxDiscarded)
    faults.push(`${again} good answers were thrown away, ${maxDiscarded} at most for a reason.`);
  // A call without an end was interrupted by a kill, or opened but not yet made.
  const unended = (ledger.open ?? 0) + (ledger.lost ?? 0);
  const cut = harm.callsCut + harm.kills + concurrency * harm.outages;
  if (unended > cut) faults.push(`${unended} calls were never ended, ${cut} at most were cut off.`);
  // The ledger has only failures that the author caused.
  for (const [outcome, behaviours] of Object.entries(causes)) {
    const caused = behaviours.reduce((sum, each) => sum + (author.answered.get(each) ?? 0), 0);
    const booked = ledger[outcome] ?? 0;
    if (booked > caused) faults.push(`${booked} calls ended as ${outcome}, ${caused} at most did.`);
  }
  return faults;
}

/** The behaviour of the author behind each outcome in the ledger. */
const causes = {
  author_rate_limited: ['rateLimited'],
  author_http_error: ['serverError'],
  author_invalid_output: ['truncated', 'invalidJson', 'wrongCount'],
  author_unreachable: ['reset'],
  author_timeout: ['hang'],
} as const satisfies Record<string, readonly GeminiBehaviour[]>;

/** Concurrent jobs of a worker. */
const concurrency = 8;
