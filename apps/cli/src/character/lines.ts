import { TexasError } from '@texas-ai/kernel';

/** A day has about 60 kB, a profile some hundred. */
const longest = 16 * 1024 * 1024;
const lineFeed = 0x0a;

/**
 * The lines of a UTF-8 text, without their ends, holding no more than one of them. Throws
 * `import_invalid` where a line is longer than 16 MiB or the text is not UTF-8.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  most = longest,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let begun = '';
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
      yield begun + decode(chunk.subarray(from, to), false);
      begun = '';
      line += 1;
      from = to + 1;
    }
    begun += decode(chunk.subarray(from), true);
    if (begun.length > most) throw invalid(line, `is longer than ${most} characters.`);
  }
  begun += decode(new Uint8Array(), false);
  if (begun !== '') yield begun;
}

function invalid(line: number, problem: string, cause?: unknown): TexasError {
  return new TexasError('import_invalid', `Line ${line}: ${problem}`, { cause, details: { line } });
}
