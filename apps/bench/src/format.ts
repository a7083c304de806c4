/** Three significant digits below 1,000, whole numbers with separators above. */
export function formatNumber(value: number): string {
  const digits =
    Math.abs(value) < 1000 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 };
  return new Intl.NumberFormat('en', digits).format(value);
}

const steps = [
  { name: 'PB', bytes: 1e15 },
  { name: 'TB', bytes: 1e12 },
  { name: 'GB', bytes: 1e9 },
  { name: 'MB', bytes: 1e6 },
  { name: 'kB', bytes: 1e3 },
];

/** In units of powers of 1,000. */
export function formatBytes(bytes: number): string {
  const step = steps.find((each) => bytes >= each.bytes) ?? { name: 'bytes', bytes: 1 };
  return `${formatNumber(bytes / step.bytes)} ${step.name}`;
}

const spans = [
  { name: 'days', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
];

export function formatSeconds(seconds: number): string {
  const span = spans.find((each) => seconds >= 2 * each.seconds) ?? { name: 's', seconds: 1 };
  return `${formatNumber(seconds / span.seconds)} ${span.name}`;
}
