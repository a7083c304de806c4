import { findDebianProgram } from '@texas-ai/testing';
import { type Browser, chromium, type Page } from 'playwright-core';

/**
 * Chromium of this machine; root brings Debian's where there is none. Null where there is no way
 * to one, which in continuous integration is an error.
 */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath = await findDebianProgram({
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    package: 'chromium',
    tests: 'Tests in a browser',
  });
  if (executablePath === undefined) return null;
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage'],
  });
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
