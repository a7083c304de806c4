import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { processEnvironment } from '@texas-ai/config';
import { type Browser, chromium, type Page } from 'playwright-core';

const run = promisify(execFile);
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Chromium of this machine; root brings Debian's where there is none. Null where there is no way
 * to one, which in continuous integration is an error.
 */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath = findChromium() ?? (await bringChromium());
  if (executablePath === null) {
    const sentence = 'There is no Chromium; install it, for example: apt-get install chromium.';
    if (processEnvironment().CI) throw new Error(sentence);
    process.stderr.write(`Tests in a browser are skipped. ${sentence}\n`);
    return null;
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage'],
  });
}

function findChromium(): string | null {
  const folders = (processEnvironment().PATH ?? '').split(delimiter);
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((path) => existsSync(path)) ?? null;
}

async function bringChromium(): Promise<string | null> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  const env = { ...processEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update'], { env });
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env });
  } catch {
    return null;
  }
  return findChromium();
}

export interface Visit {
  page: Page;
  /** What the page asked of other origins. */
  foreign: string[];
  /** What the browser complained of, violations of the content security policy included. */
  complaints: string[];
  close(): Promise<void>;
}

/** A visitor without cookies, watched. */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1600 } });
  const page = await context.newPage();
  const foreign: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(url) && !target.startsWith('data:')) foreign.push(target);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { page, foreign, complaints, close: () => context.close() };
}
