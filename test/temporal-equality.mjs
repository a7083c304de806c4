import { expect } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';

// Temporal values have no own properties: without this, any two of the same type would be equal.

const kinds = [
  Temporal.Instant,
  Temporal.PlainDate,
  Temporal.PlainDateTime,
  Temporal.PlainTime,
  Temporal.ZonedDateTime,
  Temporal.Duration,
];
const kindOf = (value) => kinds.find((kind) => value instanceof kind);

expect.addEqualityTesters([
  (one, other) => {
    const kind = kindOf(one) ?? kindOf(other);
    if (kind === undefined) return undefined;
    return kindOf(one) === kindOf(other) && one.toString() === other.toString();
  },
]);
