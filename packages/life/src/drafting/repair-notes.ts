/** What repair can do to a draft. The names are stored with a generation: add, never rename. */
export type MendRule =
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

/** One thing that was mended, in plain English. */
export interface Mend {
  rule: MendRule;
  message: string;
}

/** One thing that cannot be mended or that breaks a rule, in plain English. */
export interface Problem {
  /** Stable: added to, never renamed. */
  rule: string;
  message: string;
}

/** Takes down what was mended. */
export type Note = (rule: MendRule, message: string) => void;
