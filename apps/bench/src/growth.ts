const everyMs = 20;

/** MB that this process takes now. */
export function residentNow(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

/** MB that this process took at most while the work was done, and what the work answers. */
export async function peakDuring<T>(
  work: () => Promise<T>,
): Promise<{ megabytes: number; result: T }> {
  let megabytes = residentNow();
  const look = () => {
    megabytes = Math.max(megabytes, residentNow());
  };
  const watch = setInterval(look, everyMs);
  try {
    const result = await work();
    look();
    return { megabytes, result };
  } finally {
    clearInterval(watch);
  }
}
