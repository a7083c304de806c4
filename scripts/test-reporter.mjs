// Reports each test file as it ends, with the number of remaining files, and failures at once.
import { relative } from 'node:path';

export default class ProgressReporter {
  #running = new Set();
  #ended = 0;
  #rootDir;

  constructor({ rootDir }) {
    this.#rootDir = rootDir;
  }

  onTestFileStart({ path }) {
    this.#running.add(path);
  }

  onTestFileResult({ path }, result, { numTotalTestSuites: total }) {
    this.#running.delete(path);
    this.#ended += 1;
    const { numPassingTests: passed, numFailingTests: failed, failureMessage, perfStats } = result;
    const verdict = failureMessage ? 'FAILED' : 'ok    ';
    const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
    const seconds = ((perfStats.end - perfStats.start) / 1000).toFixed(1);
    say(`${verdict} ${this.#name(path)} (${counts}, ${seconds} s), ${total - this.#ended} remain`);
    if (failureMessage) say(failureMessage.trimEnd());
    if (result.console?.length) say(result.console.map(({ message }) => message).join('\n'));
  }

  onRunComplete(_contexts, { wasInterrupted, numRuntimeErrorTestSuites }) {
    if (wasInterrupted) {
      say(
        `Interrupted while running: ${[...this.#running].map((path) => this.#name(path)).join(', ')}`,
      );
    }
    if (numRuntimeErrorTestSuites > 0)
      say(`${numRuntimeErrorTestSuites} test files could not be run.`);
  }

  #name(path) {
    return relative(this.#rootDir, path);
  }
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
