import { runningProcess } from './running.js';

export interface WatchParentsOptions {
  /** If npm started this process, npm is watched too, beyond the shell in between. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Called once, when a process that launched this one has exited. */
  onGone: () => void;
  /** Milliseconds between checks; 500 by default. */
  pollMs?: number;
}

const shells = new Set(['sh', 'dash', 'bash', 'zsh', 'ash', 'busybox']);
const packageManager = /^(npm|npx|pnpm|yarn)\b/;
/** Our own scripts may be between npm's shell and this process. */
const maxAncestors = 4;

/**
 * Watches the processes that launched this one, because their SIGKILL is not reported. The timer does not keep the
 * process alive. Returns a function that stops the watch.
 */
export function watchParents({
  environment,
  onGone,
  pollMs = 500,
}: WatchParentsOptions): () => void {
  const parent = process.ppid;
  const watched = environment.npm_lifecycle_event ? ancestorsUpToNpm(parent) : new Map();
  const timer = setInterval(() => {
    const parentGone = process.ppid !== parent;
    const anyGone = [...watched].some(([pid, start]) => runningProcess(pid)?.startedAt !== start);
    if (!parentGone && !anyGone) return;
    clearInterval(timer);
    onGone();
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Returns start times by pid, from the parent up to npm, or to the parent of npm's shell. */
function ancestorsUpToNpm(parent: number): Map<number, string> {
  const ancestors = new Map<number, string>();
  let underShell = false;
  for (let pid = parent; ancestors.size < maxAncestors && pid > 1; ) {
    const ancestor = runningProcess(pid);
    if (!ancestor) break;
    ancestors.set(pid, ancestor.startedAt);
    if (underShell || packageManager.test(ancestor.name)) return ancestors;
    underShell = shells.has(ancestor.name);
    pid = ancestor.parent;
  }
  return new Map();
}
