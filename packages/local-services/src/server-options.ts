import type { FindOrBringOptions } from './find-or-bring.js';
import type { Guard } from './guard.js';
import type { ServicesHome } from './services-home.js';

/** What a private server is started with. */
export interface ServerOptions extends FindOrBringOptions {
  home: ServicesHome;
  guard: Guard;
  /** False for tests: data need not outlive a power cut. */
  durable: boolean;
  /** Gets what the server says. */
  logFile: string;
}
