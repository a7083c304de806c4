import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@texas-ai/kernel';
import {
  type FakeGemini,
  type GeminiBehaviour,
  type GeminiCall,
  startFakeGemini,
} from '@texas-ai/testing';

/** How a bad call goes, about 30 % of all while the author is bad. */
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
  /** How many calls of the process with this prefix wait for their answer. */
  underWay(prefix: string): number;
  /** How many calls were answered, by how. */
  answered: Map<GeminiBehaviour, number>;
  /** From here on, that share of calls (0-1) goes wrong. */
  misbehave(share: number): void;
  /** Calls with this prefix get no answer until it is opened. */
  gate(prefix: string): { open(): void };
  stop(): Promise<void>;
}

/** A Gemini on loopback whose latency and faults are seeded. */
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
    underWay: gemini.underWay,
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
