import { Writable } from 'node:stream';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeLogger } from './index.js';

// Six characters or more, and never part of an ordinary line.
const secrets = fc
  .string({ unit: 'binary', minLength: 6, maxLength: 40 })
  .map((text) => `§${text.trim()}§12`)
  .filter((text) => !/\p{Surrogate}/u.test(text));

type Plant = (secret: string) => unknown;

const failing: Plant = (secret) => {
  const cause = new TypeError(`cause ${secret}`);
  const error = new AggregateError([new Error(secret), secret], `all ${secret}`, { cause });
  return Object.assign(error, { code: secret, response: { body: JSON.stringify({ a: secret }) } });
};

const plants: readonly Plant[] = [
  (secret) => secret,
  (secret) => `before ${secret} after`,
  (secret) => `x${encodeURIComponent(secret)}`,
  (secret) => JSON.stringify({ deep: JSON.stringify([secret]) }),
  (secret) => ({ password: secret, toJSON: () => ({ again: secret }) }),
  (secret) =>
    new Map<unknown, unknown>([
      [secret, new Set([secret])],
      [[secret], 1],
    ]),
  (secret) => ({ [secret]: secret }),
  (secret) => Buffer.from(secret),
  (secret) => Symbol(secret),
  (secret) => new URL(`https://user:${encodeURIComponent(secret)}@host/`),
  failing,
];

const trees = fc.letrec<{ tree: Plant }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...plants),
    fc.anything().map(
      (value): Plant =>
        () =>
          value,
    ),
    fc.array(tie('tree'), { maxLength: 4 }).map(
      (list): Plant =>
        (s) =>
          list.map((plant) => plant(s)),
    ),
    fc.dictionary(fc.string(), tie('tree'), { maxKeys: 4 }).map(
      (fields): Plant =>
        (s) =>
          Object.fromEntries(Object.entries(fields).map(([key, plant]) => [key, plant(s)])),
    ),
  ),
})).tree;

/** The readable forms of the secret in the output. */
function readings(secret: string): string[] {
  const once = JSON.stringify(secret).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  return [secret, once, twice, encodeURIComponent(secret)];
}

it.each(['readable', 'json'] as const)(
  'a secret in any place is never written: %s',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(secrets, trees, trees, async (secret, first, second) => {
        let output = '';
        const stream = new Writable({
          write(chunk, _encoding, done) {
            output += chunk;
            done();
          },
        });
        const logger = makeLogger({
          service: 'worker',
          level: 'debug',
          format,
          secrets: [secret],
          stream,
        });
        logger.error(`failed with ${secret}`, { first: first(secret), [secret]: second(secret) });
        await logger.close();
        expect(output).toMatch(/^[^\n]+\n$/);
        expect(output).toContain('failed with [redacted]');
        for (const reading of readings(secret)) expect(output).not.toContain(reading);
        if (format === 'json') expect(JSON.parse(output)).toHaveProperty('service', 'worker');
      }),
      { numRuns: 200 },
    );
  },
);
