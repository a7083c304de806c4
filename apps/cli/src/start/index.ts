import { readCharacterFiles, settingsWithoutEffect, unknownPrice } from '@texas-ai/config';
import { makeOwner, systemClock, TexasError } from '@texas-ai/kernel';
import { characterRecords } from '@texas-ai/life';
import type { CliDeps } from '../deps.js';
import { formatJson } from '../output.js';
import { launch, type Running } from './launch.js';
import { type RequestedDay, requestedDays, type StartOptions } from './options.js';
import { listenForStop, type StopRequest } from './stop-request.js';
import { renderTimeline } from './timeline.js';
import { writeDay } from './write-day.js';

/** Exit code of an interrupted command, by the shells' convention: 128 + SIGINT. */
const interrupted = 130;

/**
 * Starts the system, writes and prints the requested days, and runs until it is stopped, or with `--once` only until
 * then. Returns the exit code. Throws TexasErrors whose message says what to do.
 */
export async function start(deps: CliDeps, options: StartOptions): Promise<number> {
  const { root, config, environment, output } = deps;
  const profiles = characterRecords(readCharacterFiles(root)).map(({ profile }) => profile);
  const days = requestedDays(options, profiles, systemClock.now());
  const owner = makeOwner();
  const stop = listenForStop(environment);
  try {
    for (const warning of [unknownPrice(config), settingsWithoutEffect(config)]) {
      if (warning !== null) output.progress(warning);
    }
    const running = await launch(deps, owner, stop, options);
    for (const day of days) await printDay(deps, running, day, options, stop);
    if (options.once) return 0;
    printAddress(deps, running, days);
    await stop.requested;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    if (!options.once) output.progress('Stopping…');
    await owner.closeAll();
  }
  const reason: unknown = stop.signal.reason;
  if (reason instanceof TexasError && reason.code !== 'aborted') throw reason;
  return options.once ? interrupted : 0;
}

async function printDay(
  { config, output }: CliDeps,
  { api }: Running,
  { profile, date }: RequestedDay,
  { once, json }: StartOptions,
  { signal }: StopRequest,
): Promise<void> {
  const { author } = config.authoring;
  try {
    const onProgress = output.progress;
    const day = await writeDay({ api, author, onProgress, signal }, profile.id, date);
    output.result(json ? formatJson(day) : renderTimeline(day, profile.name, columns()));
  } catch (error) {
    // The system keeps running if a day cannot be written.
    if (once || signal.aborted || !(error instanceof TexasError)) throw error;
    output.progress(error.message);
  }
}

function columns(): number {
  return Math.min(process.stdout.columns ?? 100, 120);
}

function printAddress(
  { output, config }: CliDeps,
  { url, key, logs }: Running,
  days: RequestedDay[],
): void {
  const id = days[0]?.profile.id ?? 'texas';
  const shownKey = config.internalApiKey === null ? key : '$INTERNAL_API_KEY';
  output.result(
    [
      '',
      `The API is running at ${url}. Try:`,
      `  curl -H 'Authorization: Bearer ${shownKey}' ${url}/v1/characters/${id}/now`,
      `The logs are in ${logs}. Press Ctrl-C to stop.`,
    ].join('\n'),
  );
}
