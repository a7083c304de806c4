import { findDebianProgram } from '@texas-ai/testing';
import { type Browser, chromium, type Page } from 'playwright-core';

/**
 * Opens the installed Chromium; as root, installs Debian's if there is none. Null if neither is possible,
 * which is an error in continuous integration.
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
  /** URLs requested from other origins. */
  crossOrigin: string[];
  /** Errors and warnings of the browser, including violations of the content security policy. */
  errors: string[];
  close(): Promise<void>;
}

/** Opens a page without cookies and records what goes wrong. */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1600 } });
  const page = await context.newPage();
  const crossOrigin: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(url) && !target.startsWith('data:')) crossOrigin.push(target);
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  return { page, crossOrigin, errors, close: () => context.close() };
}
