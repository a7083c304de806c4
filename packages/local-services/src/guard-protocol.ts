import type { ServiceExit, ServiceProcess } from './guarded-children.js';

/** What the owner asks of the guard; each is answered by one `reply` of the same id. */
export type GuardRequest = { id: number } & (
  | { kind: 'start'; service: ServiceProcess }
  | { kind: 'stop'; name: string }
);

/** What the guard tells its owner. */
export type GuardMessage =
  | { kind: 'ready' }
  | { kind: 'reply'; id: number; pid?: number; failure?: { message: string; code?: string } }
  | { kind: 'exit'; exit: ServiceExit };
