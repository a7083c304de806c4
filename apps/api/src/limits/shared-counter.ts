import type { Logger } from '@texas-ai/kernel';
import {
  type ClientRateLimitInfo,
  MemoryStore,
  type Options,
  type Store,
} from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { RedisStore } from 'rate-limit-redis';

export interface SharedCounterOptions {
  /** Fails at once while Redis is away, and has a limit of time for each command. */
  connection: Redis;
  /** What its keys in Redis begin with. */
  prefix: string;
  logger: Logger;
}

/**
 * Counts in Redis, for all processes together. While Redis does not answer each process counts by
 * itself, so that a limit holds in each of them; it shares again as soon as Redis is back.
 */
export class SharedCounter implements Store {
  readonly #options: SharedCounterOptions;
  readonly #local = new MemoryStore();
  #shared: Promise<RedisStore> | null = null;
  #windowMs = 0;
  #away = false;

  constructor(options: SharedCounterOptions) {
    this.#options = options;
  }

  init(options: Options): void {
    this.#windowMs = options.windowMs;
    this.#local.init(options);
  }

  async increment(key: string): Promise<ClientRateLimitInfo> {
    return this.#inRedis(
      (store) => store.increment(key),
      () => this.#local.increment(key),
    );
  }

  async decrement(key: string): Promise<void> {
    return this.#inRedis(
      (store) => store.decrement(key),
      () => this.#local.decrement(key),
    );
  }

  async resetKey(key: string): Promise<void> {
    await this.#local.resetKey(key);
    return this.#inRedis(
      (store) => store.resetKey(key),
      async () => undefined,
    );
  }

  shutdown(): void {
    this.#local.shutdown();
  }

  async #inRedis<T>(
    work: (store: RedisStore) => Promise<T>,
    meanwhile: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await work(await this.#open());
      if (this.#away) this.#options.logger.info('limits are shared again');
      this.#away = false;
      return result;
    } catch (error) {
      if (!this.#away) {
        this.#options.logger.warn('limits are counted by this process alone', { error });
      }
      this.#away = true;
      return meanwhile();
    }
  }

  /** A store that could not load its scripts would never work again: another one is made then. */
  async #open(): Promise<RedisStore> {
    const { connection, prefix } = this.#options;
    if (connection.status !== 'ready') throw new Error(`The connection is ${connection.status}.`);
    this.#shared ??= this.#load(connection, prefix).catch((error) => {
      this.#shared = null;
      throw error;
    });
    return this.#shared;
  }

  async #load(connection: Redis, prefix: string): Promise<RedisStore> {
    const store = new RedisStore({
      prefix,
      sendCommand: async (command, ...args) => {
        const reply = await connection.call(command, ...args);
        return reply as Awaited<ReturnType<RedisStore['sendCommand']>>;
      },
    });
    // Of the options it reads the window alone.
    await store.init({ windowMs: this.#windowMs } as Options);
    return store;
  }
}
