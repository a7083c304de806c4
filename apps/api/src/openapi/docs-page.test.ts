import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeProducer, untilReady } from '@texas-ai/jobs';
import type { LoopbackServer } from '@texas-ai/testing';
import type { Browser } from 'playwright-core';
import { openBrowser, visit } from '../../test/browser.js';
import { startSubPathProxy } from '../../test/sub-path-proxy.js';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';

// In a real browser. Installing one may take a minute.

let browser: Browser | null;
beforeAll(async () => {
  browser = await openBrowser();
}, 300_000);
afterAll(() => browser?.close());

describe.each([
  ['at the root of its origin', ''],
  ['below a proxy’s base path', '/texas'],
])('%s', (_where, basePath) => {
  let api: TestApi;
  let proxy: LoopbackServer;
  let url: string;

  beforeAll(async () => {
    api = await startTestApi({ environment: { BASE_PATH: basePath } });
    proxy = await startSubPathProxy(api, { path: basePath, strips: true });
    url = `${proxy.url}${basePath}`;
    await api.post('/v1/characters/texas/days/2026-11-23/generations');
    await api.work();
  });
  afterAll(async () => {
    await proxy.stop();
    await api.close();
  });

  it('the docs page shows every operation in both languages and can execute them', async () => {
    if (!browser) return;
    const { page, crossOrigin, errors, close } = await visit(browser, url);
    await page.goto(`${url}/docs`);
    await page.waitForSelector('.opblock');
    const shown = await page.locator('.opblock-summary').allInnerTexts();
    for (const { path, summary } of await summariesOf(url)) {
      const [english = '', chinese = ''] = summary.split(' · ');
      const found = shown.filter((text) => text.includes(english) && text.includes(chinese));
      expect([path, found.length]).toEqual([path, 1]);
      // Swagger UI puts zero-width spaces between the parts of a path.
      expect(found[0]?.replaceAll('\u200b', '')).toContain(path);
    }

    await page.click('button.authorize');
    await page.fill('.auth-container input', internalKey);
    await page.click('.auth-container button.authorize');
    await page.click('.auth-container button.btn-done');

    const statuses: [string, number][] = [];
    for (const [id, status] of [
      ['listCharacters', 200],
      ['getDay', 200],
      ['getMoment', 200],
      ['requestGeneration', 202],
      ['getHealth', 200],
    ] as const) {
      const block = page.locator(`.opblock[id$="-${id}"]`);
      await block.locator('.opblock-summary-control').click();
      await block.locator('button.execute').click();
      const code = block.locator('.live-responses-table .response-col_status').last();
      await code.waitFor();
      statuses.push([id, Number(((await code.textContent()) ?? '').match(/\d+/)?.[0])]);
      expect(statuses.at(-1)).toEqual([id, status]);
      await block.locator('.opblock-summary-control').click();
    }
    expect(crossOrigin).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });

  it('the queue board requires signing in once and shows the queues', async () => {
    if (!browser) return;
    const { queues } = api.deps;
    await untilReady(queues.connection);
    const generationId = '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11';
    await makeProducer(queues).enqueue([
      {
        kind: 'plan-day',
        generationId,
        run: 1,
        author: 'offline',
        askedBy: 'person',
        requestId: internalKey,
      },
    ]);
    const { page, crossOrigin, errors, close } = await visit(browser, url);
    await page.goto(`${url}/admin/queues`);
    expect(page.url()).toBe(`${url}/admin/queues/sign-in`);
    await page.fill('#key', 'wrong');
    await page.click('button');
    await page.getByRole('alert').waitFor();
    // The browser logs the 401.
    expect(errors.splice(0)).toEqual([expect.stringContaining('401')]);
    await page.fill('#key', internalKey);
    await page.click('button');
    await page.waitForURL(/\/admin\/queues\/?$/);
    for (const name of ['author-gemini', 'author-offline', 'days']) {
      await page.getByText(name, { exact: true }).first().waitFor();
    }
    await page.goto(`${url}/admin/queues/queue/author-offline?status=prioritized`);
    await page.getByText(generationId).first().waitFor();
    expect(await page.content()).not.toContain(internalKey);
    await page.goto(`${url}/admin/queues/sign-out`);
    await page.click('button');
    await page.goto(`${url}/admin/queues`);
    expect(page.url()).toBe(`${url}/admin/queues/sign-in`);
    expect(crossOrigin).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });
});

async function summariesOf(url: string): Promise<{ path: string; summary: string }[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { summary: string }>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map(({ summary }) => ({ path, summary })),
  );
}
