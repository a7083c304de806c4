import type { Figure } from './figure.js';
import type { FixtureName } from './fixtures.js';
import type { Measurement } from './measurement.js';

/** The outcome of a measurement. */
export interface Outcome {
  id: string;
  title: string;
  /** The duration, including fixtures that it was the first to need. */
  seconds: number;
  figures: Figure[];
  /** The reason why there are no figures. */
  failure: string | null;
}

export interface RunDeps {
  fixture(name: FixtureName): Promise<unknown>;
  measure(id: string, fixtures: Partial<Record<FixtureName, unknown>>): Promise<Figure[]>;
  log(line: string): void;
}

/** Runs the measurements one after another; a failed one is reported, and the others continue. */
export async function run(
  measurements: readonly Pick<Measurement, 'id' | 'title' | 'needs'>[],
  { fixture, measure, log }: RunDeps,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { id, title, needs } of measurements) {
    log(`${title}…`);
    const began = performance.now();
    const outcome = (figures: Figure[], failure: string | null) =>
      outcomes.push({
        id,
        title,
        seconds: (performance.now() - began) / 1000,
        figures,
        failure,
      });
    try {
      const fixtures: Partial<Record<FixtureName, unknown>> = {};
      for (const name of needs) fixtures[name] = await fixture(name);
      const figures = await measure(id, fixtures);
      assertNumbers(figures);
      outcome(figures, null);
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      outcome([], failure);
      log(`Failed: ${failure}`);
    }
  }
  return outcomes;
}

function assertNumbers(figures: readonly Figure[]): void {
  for (const { id, value, floor } of figures) {
    if (Number.isFinite(value) && (!floor || floor.value > 0)) continue;
    throw new Error(`${id} is ${value}${floor ? `, with a floor of ${floor.value}` : ''}.`);
  }
}
