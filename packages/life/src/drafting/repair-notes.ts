/** What repair can do to a draft. The names are stored with generations: never rename one. */
export type RepairRule =
  | 'time-format'
  | 'time-inferred'
  | 'time-reversed'
  | 'past-midnight'
  | 'zero-length'
  | 'no-times'
  | 'unsorted'
  | 'outside-waking'
  | 'overlap'
  | 'gap'
  | 'short'
  | 'too-many'
  | 'too-few'
  | 'companion'
  | 'tags'
  | 'text-cleaned'
  | 'text-cut'
  | 'text-filled'
  | 'interaction-dropped'
  | 'interaction-missing'
  | 'thoughts-missing';

/** One repair, described in plain English. */
export interface RepairNote {
  rule: RepairRule;
  message: string;
}

/** A broken rule, or something that cannot be repaired, described in plain English. */
export interface Problem {
  /** Stored with generations: never rename one. */
  rule: string;
  message: string;
}

/** Records a repair. */
export type Note = (rule: RepairRule, message: string) => void;
