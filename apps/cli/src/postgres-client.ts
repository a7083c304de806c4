import { delimiter } from 'node:path';
import { broughtClientFolders } from '@texas-ai/local-services';

/** PATH, and behind it the folder of a pg_dump that `npm start` brought for this TEXAS_HOME. */
export function pathWithClient(home: string, path: string | undefined): string {
  return [path ?? '', ...broughtClientFolders(home)].filter(Boolean).join(delimiter);
}
