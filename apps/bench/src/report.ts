import { readFileSync } from 'node:fs';
import { type Aim, aimWords, type Standing, standingOf } from './aim.js';
import { UsageError } from './arguments.js';
import type { Figure, Range } from './figure.js';
import type { Machine } from './machine.js';
import type { Outcome } from './run.js';

/** The machine-readable result of a run; tables and documents are rendered from it alone. */
export interface Report {
  /** The version of this format. */
  form: 1;
  version: string;
  /** Null outside of a checkout. */
  commit: string | null;
  /** Whether files differed from that commit. */
  modified: boolean | null;
  /** The start of the run, RFC 3339. */
  when: string;
  seconds: number;
  /** The load average of the minute before. */
  loadBefore: number;
  machine: Machine;
  figures: JudgedFigure[];
  measurements: { id: string; title: string; seconds: number; failure: string | null }[];
}

export interface JudgedFigure {
  id: string;
  /** The id of the measurement. */
  measurement: string;
  name: string;
  value: number;
  unit: string;
  aim: Aim | null;
  aimWords: string;
  floor: { name: string; value: number } | null;
  /** Value divided by floor. */
  ratio: number | null;
  range: Range | null;
  standing: Standing;
  /** Whether the aim itself is met; null if it has no bound. */
  met: boolean | null;
}

export type Circumstances = Omit<Report, 'form' | 'figures' | 'measurements'>;

export function reportOf(outcomes: readonly Outcome[], circumstances: Circumstances): Report {
  return {
    form: 1,
    ...circumstances,
    figures: outcomes.flatMap(({ id, figures }) => figures.map((figure) => judged(figure, id))),
    measurements: outcomes.map(({ id, title, seconds, failure }) => ({
      id,
      title,
      seconds,
      failure,
    })),
  };
}

function judged(figure: Figure, measurement: string): JudgedFigure {
  const { id, name, value, unit, aim, floor, range } = figure;
  const ratio = floor ? value / floor.value : null;
  const standing = standingOf(aim, { value, ratio });
  return {
    id,
    measurement,
    name,
    value,
    unit,
    aim: aim ?? null,
    aimWords: aimWords(aim),
    floor: floor ?? null,
    ratio,
    range: range ?? null,
    standing,
    met: standing === null ? null : standing === 'met',
  };
}

/** Reads a report written by `--json`. Throws UsageError if the file is not one. */
export function readReport(file: string): Report {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} cannot be read: ${reason}.`);
  }
  const form = typeof content === 'object' && content && 'form' in content ? content.form : null;
  if (form === 1) return content as Report;
  throw new UsageError(`${file} is not what this version’s “npm run bench -- --json” writes.`);
}
