import type { AlertCondition } from '@texas-ai/kernel';

/** Routes alerts to channels. A condition that is left out matches everything. */
export interface Route {
  kinds?: readonly string[] | undefined;
  levels?: readonly string[] | undefined;
  channels: readonly string[];
}

/** Returns the channels of the first matching route, or all channels if there are no routes. */
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
