// `npm run test:chaos [-- --seed N]`: the long chaos run, on the built product.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root } from './prepare.mjs';

const { values } = parseArgs({ options: { seed: { type: 'string' } } });
prepare();
const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    'test/chaos.test.ts',
  ],
  {
    cwd: root,
    env: {
      ...process.env,
      TEXAS_CHAOS: 'whole',
      TEXAS_CHAOS_SEED: values.seed ?? String(Date.now() % 1_000_000),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
