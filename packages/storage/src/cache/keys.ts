// Names in the cache. The number is of the form of what is kept: a release that changes the form
// counts it up, so that it never serves what an older one kept.

export function dayKey(character: string, date: string): string {
  return `day:2:${character}:${date}`;
}

export function profileKey(character: string): string {
  return `profile:2:${character}`;
}

export function majorEventsKey(character: string, limit: number): string {
  return `major-events:2:${character}:${limit}`;
}
