import { runningProcess } from './running.js';

export interface WatchParentsOptions {
  /** Tells whether npm started us: then npm is watched too, beyond the shell that it starts us by. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Called once, when a process that launched us is gone. */
  onGone: () => void;
  /** Milliseconds between two looks; 500 by default. */
  everyMs?: number;
}

const shells = new Set(['sh', 'dash', 'bash', 'zsh', 'ash', 'busybox']);
const packageManager = /^(npm|npx|pnpm|yarn)\b/;
/** Our own scripts stand between npm and us, so look a little further up than its shell. */
const furthestAncestor = 4;

/**
 * Watches the processes that launched us, since a SIGKILL of them tells us nothing. The timer does
 * not keep the process running. Returns what ends the watch.
 */
export function watchParents({
  environment,
  onGone,
  everyMs = 500,
}: WatchParentsOptions): () => void {
  const parent = process.ppid;
  const watched = environment.npm_lifecycle_event ? ancestorsUpToNpm(parent) : new Map();
  const timer = setInterval(() => {
    const parentGone = process.ppid !== parent;
    const anyGone = [...watched].some(([pid, start]) => runningProcess(pid)?.startedAt !== start);
    if (!parentGone && !anyGone) return;
    clearInterval(timer);
    onGone();
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Start times by pid, from the parent up to npm, or else to the parent of npm's shell. */
function ancestorsUpToNpm(parent: number): Map<number, string> {
  const ancestors = new Map<number, string>();
  let underShell = false;
  for (let pid = parent; ancestors.size < furthestAncestor && pid > 1; ) {
    const ancestor = runningProcess(pid);
    if (!ancestor) break;
    ancestors.set(pid, ancestor.startedAt);
    if (underShell || packageManager.test(ancestor.name)) return ancestors;
    underShell = shells.has(ancestor.name);
    pid = ancestor.parent;
  }
  return new Map();
}
