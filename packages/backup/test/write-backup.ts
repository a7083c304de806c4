import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../src/files/manifest.js';
import { manifestFileOf } from '../src/files/names.js';

/** Writes a file of some bytes instead of a dump, with its manifest. */
export function writeBackup(
  folder: string,
  id: string,
  createdAt: string,
  content: Uint8Array = Buffer.from(id),
): { file: string; manifest: Manifest } {
  const time = createdAt.replace(/[-:]/g, '');
  const name = `texas-${time}-${id}.dump`;
  const file = join(folder, name);
  const manifest: Manifest = {
    version: 1,
    application: 'texas-ai',
    id,
    kind: 'scheduled',
    file: name,
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    encrypted: false,
    createdAt,
    serverVersion: '15.0',
    dumpVersion: '15.0',
    migrations: [],
    tables: [],
  };
  writeFileSync(file, content);
  writeFileSync(manifestFileOf(file), JSON.stringify(manifest));
  return { file, manifest };
}
