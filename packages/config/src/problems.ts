import { TexasError } from '@texas-ai/kernel';

/** Exit code of a process that cannot start for its configuration (EX_CONFIG of sysexits.h). */
export const configExitCode = 78;

/** The failure that carries all problems, one line each, without any secret value. */
export function configInvalid(problems: readonly string[]): TexasError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new TexasError('config_invalid', `The configuration has ${count}.`, {
    details: { problems },
  });
}

/** The problems of a `config_invalid` failure as text for a person; of any other, its message. */
export function formatConfigProblems(error: unknown): string {
  if (!(error instanceof TexasError)) return 'The configuration could not be read.';
  const problems = error.details.problems;
  if (!Array.isArray(problems)) return error.message;
  return [error.message, ...problems.map((problem) => `  - ${problem}`)].join('\n');
}

/** The code of a failed system call, for example ENOENT. */
export function systemCode(failure: unknown): string {
  const hasCode = typeof failure === 'object' && failure !== null && 'code' in failure;
  const code = hasCode ? failure.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}
