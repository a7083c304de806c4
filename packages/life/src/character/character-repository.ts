import type { Profile } from './profile.js';

export interface CharacterRecord {
  profile: Profile;
  hash: string;
}

/** Every method may reject with `storage_unavailable`. */
export interface CharacterRepository {
  /**
   * Inserts new profiles and replaces those whose hash differs; returns the ids of both. From now on, days
   * are planned for exactly the characters in `records`.
   */
  synchronise(records: readonly CharacterRecord[]): Promise<string[]>;
  find(id: string): Promise<Profile | null>;
  /** Sorted by id, without sentence material; `after` is the last id of the previous page. */
  list(page: { after?: string | undefined; limit: number }): Promise<Profile[]>;
}
