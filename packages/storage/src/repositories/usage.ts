import type { CallUsage } from '@texas-ai/life';
import type { Knex } from 'knex';

/** What several calls cost together. */
export function sumOf(usage: readonly CallUsage[]) {
  const sum = (tokens: (call: CallUsage) => number) =>
    usage.reduce((total, call) => total + tokens(call), 0);
  return {
    calls: usage.length,
    inputTokens: sum((call) => call.inputTokens),
    outputTokens: sum((call) => call.outputTokens),
  };
}

/** Adds what billed calls cost to the generation. */
export async function addUsage(db: Knex, id: string, usage: readonly CallUsage[]): Promise<void> {
  if (usage.length === 0) return;
  const { calls, inputTokens, outputTokens } = sumOf(usage);
  await db('generations')
    .where({ id })
    .increment({ calls, input_tokens: inputTokens, output_tokens: outputTokens });
}
