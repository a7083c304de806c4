import { expect, test } from '@jest/globals';
import { programVersion, runProgram, startProgram } from './program.js';

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const shell = (script: string) => ({ command: 'sh', args: ['-c', script], env });

test('a program that ran returns its exit code and both outputs, in English', async () => {
  expect(await runProgram(shell('echo "out $LC_ALL"; echo err >&2; exit 3'))).toEqual({
    ok: false,
    code: 3,
    stdout: 'out C\n',
    stderr: 'err\n',
  });
});

test('a program that does not exist is a failed run, never a rejection', async () => {
  const command = '/no/such/program';
  expect(await runProgram({ command, args: [], env })).toMatchObject({
    ok: false,
    stderr: expect.stringContaining('ENOENT'),
  });
  expect(await programVersion(command, { env })).toBeUndefined();
});

test('the signal kills a started program together with its children', async () => {
  const controller = new AbortController();
  const program = startProgram({
    ...shell('sh -c "echo child; exec sleep 600" & wait'),
    signal: controller.signal,
  });
  // The child holds the output open, so it ends only with the child.
  program.stdout.once('data', () => controller.abort());
  expect(await program.ended).toMatchObject({ ok: false, code: 'SIGKILL' });
});
