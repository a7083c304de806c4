import { TexasError } from '@texas-ai/kernel';

/** Exit code of a process whose configuration is invalid (EX_CONFIG of sysexits.h). */
export const configExitCode = 78;

/** An error with all problems, one line each. They must not contain secrets. */
export function configInvalid(problems: readonly string[]): TexasError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new TexasError('config_invalid', `The configuration has ${count}.`, {
    details: { problems },
  });
}

/** A readable list of the problems of a `config_invalid` error; the message of any other error. */
export function formatConfigProblems(error: unknown): string {
  if (!(error instanceof TexasError)) return 'The configuration could not be read.';
  const problems = error.details.problems;
  if (!Array.isArray(problems)) return error.message;
  return [error.message, ...problems.map((problem) => `  - ${problem}`)].join('\n');
}

/** The code of a failed system call, for example `ENOENT`. */
export function systemCode(failure: unknown): string {
  const hasCode = typeof failure === 'object' && failure !== null && 'code' in failure;
  const code = hasCode ? failure.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}
