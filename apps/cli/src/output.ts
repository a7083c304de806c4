/** What the command line says: results on stdout, everything else on stderr. */
export interface Output {
  result(text: string): void;
  progress(line: string): void;
}

export const terminal: Output = {
  result: (text) => write(process.stdout, text),
  progress: (line) => write(process.stderr, line),
};

function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${text}\n`);
}

/** A terminal that was closed, or a pipe that nobody reads, must not end us half-way. */
export function surviveClosedTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
