import type { Temporal } from '@texas-ai/kernel';
import { daySchema } from '@texas-ai/life';
import type { FaultyAuthor } from './faulty-author.js';
import type { ChaosSystem } from './system.js';

/** What a run did to the system. */
export interface Harm {
  /** Kills of workers that held a job. */
  kills: number;
  /** Of them, and of other processes, those at a chosen point. */
  aimedKills: number;
  outages: number;
}

export interface Accounts {
  generations: number;
  published: number;
  failed: number;
  fallenBack: number;
  /** Author calls that were needed: one for each plan and chapter that the author's text is kept of. */
  callsNeeded: number;
  callsArrived: number;
  /** Entries of the ledger by how they ended. */
  ledger: Record<string, number>;
  /** How often each kind was raised. */
  alerts: Record<string, number>;
}

interface CountRow {
  name: string;
  count: number;
}

/** What is wrong with what is left of a run, one plain sentence each. */
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
    ...(await alertFaults(system)),
  ];
  const accounts = await accountsOf(system, author);
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
  const ended = (row: (typeof rows)[number]) =>
    row.status === 'published' ||
    (fallback === 'none' && row.status === 'failed' && row.error_code !== null);
  return [
    ...rows.filter((row) => !ended(row)).map(({ id, status }) => `${id} is ${status} in the end.`),
    ...dates
      .filter((date) => !rows.some((row) => row.date === date))
      .map((date) => `${date} was accepted and is unknown.`),
  ];
}

/** Reads every live day as a client does. */
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

/** Counts what no constraint of the database forbids. */
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
 * Each trouble is told of once when it begins and once when it is over: but for one whose teller was
 * killed between telling and saying so, which is the try after it.
 */
async function alertFaults({ database, webhook }: ChaosSystem): Promise<string[]> {
  const { rows } = await database.raw<{ rows: DeliveryRow[] }>(`
    SELECT kind, phase, tries, sent_at IS NOT NULL AS sent,
      phase = 'recovered' AS over, CASE phase WHEN 'raised' THEN opened_at ELSE recovered_at END AS at
    FROM alert_deliveries JOIN alerts ON alerts.id = alert_id`);
  const arrived = webhook.requests.map(({ json }) => json as Told);
  const faults: string[] = [];
  for (const { kind, phase, tries, sent, over, at } of rows) {
    const times = arrived.filter(
      (each) => each.over === over && Date.parse(each.timestamp) === at.epochMilliseconds,
    ).length;
    if (!sent || times === 0) faults.push(`${kind} was never told of (${phase}).`);
    if (times > tries)
      faults.push(`${kind} was told of ${times} times in ${tries} tries (${phase}).`);
  }
  // The api tells of PostgreSQL's absence from memory.
  const kept = arrived.filter(({ title }) => !title.includes('PostgreSQL does not answer'));
  const most = rows.reduce((sum, { tries }) => sum + tries, 0);
  if (kept.length > most) faults.push(`${kept.length} alerts arrived in ${most} tries.`);
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

/** What the webhook is told. */
interface Told {
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

/** Every call beyond the needed ones has a reason: a bad answer, a kill, or an outage. */
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
  // An answer that breaks the schema is paid for and asked for again; one whose worker died as well.
  const lies = author.answered.get('wrongCount') ?? 0;
  const most = lies + concurrency * (harm.kills + harm.outages);
  if (again > most)
    faults.push(`${again} good answers were thrown away, ${most} at most for a reason.`);
  const open = ledger.open ?? 0;
  if (open > concurrency * (harm.kills + harm.outages))
    faults.push(`${open} calls were never ended.`);
  return faults;
}

/** Jobs that one worker holds at once. */
const concurrency = 8;
