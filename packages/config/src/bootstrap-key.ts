import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import { configInvalid, systemCode } from './problems.js';

/**
 * The key with all scopes: `INTERNAL_API_KEY`, or a random one (256 bits) that is kept in TEXAS_HOME, readable by
 * its owner only.
 *
 * @throws TexasError `config_invalid` if the folder is not writable.
 */
export function bootstrapKey(config: Pick<Config, 'home' | 'internalApiKey'>): string {
  if (config.internalApiKey !== null) return config.internalApiKey;
  const file = join(config.home, 'internal-api-key');
  return readKey(file) ?? makeKey(config.home, file);
}

function readKey(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch (failure) {
    if (systemCode(failure) === 'ENOENT') return null;
    throw unusable(file, failure);
  }
}

/** Processes may race: each writes its key to a file of its own, and the first one to link it wins. */
function makeKey(home: string, file: string): string {
  const ownFile = `${file}.${process.pid}`;
  try {
    mkdirSync(home, { recursive: true });
    writeFileSync(ownFile, `texas_internal_${randomBytes(32).toString('base64url')}\n`, {
      mode: 0o600,
    });
    try {
      linkSync(ownFile, file);
    } catch (failure) {
      if (systemCode(failure) !== 'EEXIST') throw failure;
    } finally {
      unlinkSync(ownFile);
    }
    return readFileSync(file, 'utf8').trim();
  } catch (failure) {
    throw unusable(file, failure);
  }
}

function unusable(file: string, failure: unknown) {
  return configInvalid([
    `INTERNAL_API_KEY: not set, and ${file} cannot be used (${systemCode(failure)}); ` +
      'set the key, or set TEXAS_HOME to a writable folder',
  ]);
}
