import type { Measurement } from './measurement.js';
import { backup } from './measurements/backup.js';
import { cachedDay } from './measurements/cached-day.js';
import { dayCost } from './measurements/day-cost.js';
import { daySize } from './measurements/day-size.js';
import { dueDays } from './measurements/due-days.js';
import { eventLoop } from './measurements/event-loop.js';
import { firstReads } from './measurements/first-reads.js';
import { fleet } from './measurements/fleet.js';
import { idle } from './measurements/idle.js';
import { ledger } from './measurements/ledger.js';
import { oneDay } from './measurements/one-day.js';
import { roundTrips } from './measurements/round-trips.js';
import { scaling } from './measurements/scaling.js';
import { start } from './measurements/start.js';
import { throughput } from './measurements/throughput.js';
import { waitingJob } from './measurements/waiting-job.js';

/** All measurements in the order of the table. To add one, write its file and a line here. */
export const measurements: readonly Measurement[] = [
  throughput,
  oneDay,
  scaling,
  start,
  idle,
  cachedDay,
  firstReads,
  roundTrips,
  dueDays,
  eventLoop,
  backup,
  waitingJob,
  daySize,
  dayCost,
  ledger,
  fleet,
];
