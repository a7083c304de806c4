import { TexasError } from '@texas-ai/kernel';

/** In characters. A day has about 60,000, a profile a few hundred. */
const defaultMaxLength = 16 * 1024 * 1024;
const lineFeed = 0x0a;

/**
 * The lines of a UTF-8 text without their line feeds, buffering one line at a time. Throws `import_invalid` if a line
 * is too long or the text is not UTF-8.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLength = defaultMaxLength,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let partial = '';
  const decode = (chunk: Uint8Array, stream: boolean) => {
    try {
      return decoder.decode(chunk, { stream });
    } catch (cause) {
      const problem = 'is not UTF-8 (perhaps UTF-16 or GBK): save the file as UTF-8.';
      throw invalid(line, problem, cause);
    }
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(lineFeed); to >= 0; to = chunk.indexOf(lineFeed, from)) {
      yield partial + decode(chunk.subarray(from, to), false);
      partial = '';
      line += 1;
      from = to + 1;
    }
    partial += decode(chunk.subarray(from), true);
    if (partial.length > maxLength) throw invalid(line, `is longer than ${maxLength} characters.`);
  }
  partial += decode(new Uint8Array(), false);
  if (partial !== '') yield partial;
}

function invalid(line: number, problem: string, cause?: unknown): TexasError {
  return new TexasError('import_invalid', `Line ${line}: ${problem}`, { cause, details: { line } });
}
