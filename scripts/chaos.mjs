// `npm run test:chaos [-- --seed N]`: the long chaos run of the built product.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root } from './prepare.mjs';
import { runBounded } from './run-bounded.mjs';

/** Ends a run that hangs; the test has a shorter limit of its own. */
const deadline = Date.now() + 90 * 60_000;

const { values } = parseArgs({ options: { seed: { type: 'string' } } });
prepare();
const { code } = await runBounded(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--runInBand',
    'test/chaos.test.ts',
  ],
  {
    deadline,
    env: {
      TEXAS_CHAOS: 'whole',
      TEXAS_CHAOS_SEED: values.seed ?? String(Date.now() % 1_000_000),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
process.exitCode = code;
