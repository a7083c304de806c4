import { spawn } from 'node:child_process';
import { root } from './prepare.mjs';

/**
 * Runs a program in the checkout and resolves with its exit code (1 where a signal ended it) and, where
 * its output is not inherited, with what it said. At the deadline (milliseconds since the epoch) it and all
 * that it started are ended, with a line about it on stderr. A signal to this process ends it too, and then
 * this process by the same signal.
 */
export function runBounded(
  command,
  args,
  { deadline, env = {}, stdio = ['ignore', 'pipe', 'pipe'] },
) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
      stdio,
      // A process group of its own, so that what hangs can be ended with all its children.
      detached: true,
    });
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // All of it has ended.
      }
    };
    let received;
    const onSignal = (signal) => {
      received = signal;
      end(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, onSignal);
    const timer = setTimeout(() => {
      process.stderr.write(`${command} ran into the limit of the whole run: ending it.\n`);
      end('SIGTERM');
      setTimeout(() => end('SIGKILL'), 10_000).unref();
    }, deadline - Date.now());
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', ({ message }) => chunks.push(Buffer.from(`${command}: ${message}\n`)));
    child.on('close', (code) => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, onSignal);
      if (received) process.kill(process.pid, received);
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() });
    });
  });
}
