/** The kinds of repairs. */
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

/** One repair; `message` describes it in English. */
export interface RepairNote {
  rule: RepairRule;
  message: string;
}

/** A broken rule, or a reason why a draft cannot be repaired; `message` describes it in English. */
export interface Problem {
  rule: string;
  message: string;
}

/** Records a repair. */
export type Note = (rule: RepairRule, message: string) => void;
