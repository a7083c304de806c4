import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of the product, `1.2.3`, by the package.json of its root folder. */
export function productVersion(root: string): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return manifest.version;
}
