// Cache keys. The number is the version of the cached format: a release that changes the format
// increments it, so that it never serves what an older release cached.

export function dayKey(character: string, date: string): string {
  return `day:2:${character}:${date}`;
}

export function profileKey(character: string): string {
  return `profile:2:${character}`;
}

export function majorEventsKey(character: string, limit: number): string {
  return `major-events:2:${character}:${limit}`;
}
