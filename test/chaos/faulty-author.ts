import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@texas-ai/kernel';
import {
  type FakeGemini,
  type GeminiBehaviour,
  type GeminiCall,
  startFakeGemini,
} from '@texas-ai/testing';

/** The faults of calls. */
const faults = [
  'rateLimited',
  'serverError',
  'hang',
  'reset',
  'truncated',
  'invalidJson',
  'wrongCount',
] as const satisfies readonly GeminiBehaviour[];

export interface FaultyAuthor {
  url: string;
  calls: FakeGemini['calls'];
  /** Returns the number of calls in flight of the process with this prefix. */
  callsInFlight(prefix: string): number;
  /** The number of calls by behaviour. */
  answered: Map<GeminiBehaviour, number>;
  /** Sets the share of calls (0-1) with faults. */
  misbehave(share: number): void;
  /** Holds back the responses to calls with this prefix until it is opened. */
  gate(prefix: string): { open(): void };
  stop(): Promise<void>;
}

/** Starts a Gemini on loopback with seeded latency and faults. */
export async function startFaultyAuthor(
  random: Random,
  latencyMs: { min: number; max: number },
): Promise<FaultyAuthor> {
  const gemini = await startFakeGemini({ retryDelay: '0.5s' });
  const answered = new Map<GeminiBehaviour, number>();
  const gates = new Map<string, Promise<void>>();
  let share = 0;

  gemini.behaveBy(async ({ prefix }: GeminiCall) => {
    const behaviour = random.chance(share) ? random.pick(faults) : 'ok';
    answered.set(behaviour, (answered.get(behaviour) ?? 0) + 1);
    await pause(random.int(latencyMs.min, latencyMs.max));
    await gates.get(prefix);
    return behaviour;
  });

  return {
    url: gemini.url,
    calls: gemini.calls,
    callsInFlight: gemini.callsInFlight,
    answered,
    misbehave(next) {
      share = next;
    },
    gate(prefix) {
      let open: () => void = () => undefined;
      gates.set(
        prefix,
        new Promise((resolve) => {
          open = () => {
            gates.delete(prefix);
            resolve();
          };
        }),
      );
      return { open };
    },
    stop: gemini.stop,
  };
}
