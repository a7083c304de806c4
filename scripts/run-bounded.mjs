import { spawn } from 'node:child_process';
import { root } from './prepare.mjs';

/**
 * Runs a program in the checkout and resolves with its exit code (1 after a signal) and its output, unless inherited.
 * At the deadline (milliseconds since the epoch) the program and its children are killed, with a line on stderr. A
 * signal to this process is passed on, and then ends this process too.
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
      // Its own process group, so that it can be killed with its children.
      detached: true,
    });
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // The group has exited.
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
      process.stderr.write(`${command} exceeded the time limit of the run and is stopped.\n`);
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
