import { readCharacterFiles, settingsWithoutEffect, unknownPrice } from '@texas-ai/config';
import { makeOwner, systemClock, TexasError } from '@texas-ai/kernel';
import { characterRecords } from '@texas-ai/life';
import type { CliDeps } from '../deps.js';
import { renderTimeline } from '../timeline.js';
import { launch, type Running } from './launch.js';
import { type StartOptions, type WantedDay, wantedDays } from './options.js';
import { listenForStop, type StopRequest } from './stop-request.js';
import { writeDay } from './write-day.js';

/** Exit code of a command that was interrupted, as shells count it (128 + SIGINT). */
const interrupted = 130;

/**
 * Starts everything, writes the wanted days and shows them; then stays until it is told to stop
 * (`--once` does not stay). Answers the exit code. Throws TexasErrors whose message says what to do.
 */
export async function start(deps: CliDeps, options: StartOptions): Promise<number> {
  const profiles = characterRecords(readCharacterFiles(deps.root)).map(({ profile }) => profile);
  const days = wantedDays(options, profiles, systemClock.now());
  const owner = makeOwner();
  const stop = listenForStop(deps.environment);
  try {
    for (const warning of [unknownPrice(deps.config), settingsWithoutEffect(deps.config)]) {
      if (warning !== null) deps.output.progress(warning);
    }
    const running = await launch(deps, owner, stop, options);
    for (const day of days) await show(deps, running, day, options, stop);
    if (options.once) return 0;
    sayWhere(deps, running, days);
    await stop.requested;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    if (!options.once) deps.output.progress('Stopping…');
    await owner.closeAll();
  }
  const reason: unknown = stop.signal.reason;
  if (reason instanceof TexasError && reason.code !== 'aborted') throw reason;
  return options.once ? interrupted : 0;
}

async function show(
  { config, output }: CliDeps,
  { api }: Running,
  { profile, date }: WantedDay,
  { once, json }: StartOptions,
  { signal }: StopRequest,
): Promise<void> {
  const { author } = config.authoring;
  try {
    const onProgress = output.progress;
    const day = await writeDay({ api, author, onProgress, signal }, profile.id, date);
    output.result(
      json ? JSON.stringify(day, null, 2) : renderTimeline(day, profile.name, columns()),
    );
  } catch (error) {
    // A day that cannot be written does not take the running system down with it.
    if (once || signal.aborted || !(error instanceof TexasError)) throw error;
    output.progress(error.message);
  }
}

function columns(): number {
  return Math.min(process.stdout.columns ?? 100, 120);
}

function sayWhere(
  { output, config }: CliDeps,
  { url, key, logs }: Running,
  days: WantedDay[],
): void {
  const id = days[0]?.profile.id ?? 'texas';
  const shown = config.internalApiKey === null ? key : '$INTERNAL_API_KEY';
  output.result(
    [
      '',
      `The API answers at ${url}. Try:`,
      `  curl -H 'Authorization: Bearer ${shown}' ${url}/v1/characters/${id}/now`,
      `Logs are in ${logs}. Ctrl-C stops everything.`,
    ].join('\n'),
  );
}
