import { createServer } from 'node:net';
import { localServiceFailed } from './failures.js';

/**
 * Throws `local_service_failed` if a server cannot listen on this TCP port (1-65535), with a sentence that names the
 * variable for another port.
 */
export async function assertPortFree(host: string, port: number, variable = 'PORT'): Promise<void> {
  const failure = await tryToListen(host, port);
  if (!failure) return;
  const another = `choose another with ${variable}=${port < 65_000 ? port + 1 : 3000}`;
  if (failure.code === 'EADDRINUSE') {
    throw localServiceFailed(
      `Port ${port} on ${host} is already in use: stop the program that uses it, or ${another}.`,
      failure,
    );
  }
  if (failure.code === 'EACCES') {
    throw localServiceFailed(`Port ${port} requires root: ${another}.`, failure);
  }
  throw localServiceFailed(
    `Cannot listen on ${host}:${port}: ${another}, or change HOST.`,
    failure,
  );
}

function tryToListen(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
