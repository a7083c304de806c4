import { TexasError } from '@texas-ai/kernel';

/** A day has about 60 kB, a profile some hundred. */
const longest = 16 * 1024 * 1024;

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
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw invalid(line, 'is not UTF-8.', cause);
    }
  };
  for await (const chunk of chunks) {
    const [first = '', ...rest] = decode(chunk).split('\n');
    begun += first;
    for (const next of rest) {
      yield begun;
      begun = next;
      line += 1;
    }
    if (begun.length > most) throw invalid(line, `is longer than ${most} characters.`);
  }
  begun += decode();
  if (begun !== '') yield begun;
}

function invalid(line: number, problem: string, cause?: unknown): TexasError {
  return new TexasError('import_invalid', `Line ${line}: ${problem}`, { cause, details: { line } });
}
