import type { AlertCondition } from '@texas-ai/kernel';

/** Which troubles go to which channels; what is left out fits everything. */
export interface Route {
  kinds?: readonly string[] | undefined;
  levels?: readonly string[] | undefined;
  channels: readonly string[];
}

/** The channels of the first route that fits; all of them where there is no route. */
export function channelsFor(
  { kind, level }: Pick<AlertCondition, 'kind' | 'level'>,
  routes: readonly Route[],
  channels: readonly string[],
): string[] {
  if (routes.length === 0) return [...channels];
  const route = routes.find(
    ({ kinds, levels }) =>
      (kinds === undefined || kinds.includes(kind)) &&
      (levels === undefined || levels.includes(level)),
  );
  return channels.filter((name) => route?.channels.includes(name));
}
