// A page whose program is there in its first part: what cannot wait works, the rest waits and is not lost.
import type { Route } from '@playwright/test';
import { HELD, HELP, run, write } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

const PART = '**/heddle_deferred.*.wasm';
const REPORT = '/api/client/report';

test.use({ tolerated: [/a part of the program did not arrive|Failed to load resource|Failed to fetch|WebAssembly/] });

/** Holds the second part of the program until it is let go. */
async function hold(page: { route: (path: string, act: (route: Route) => Promise<void>) => Promise<unknown> }) {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(PART, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

test('an approval is given, a message written and sent, and the agent stopped without the second part', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(run('sleep 600'));
  await app.api.reaches(id, 'waiting_approval');
  await hold(page);
  await sessionPage.open(id);
  await sessionPage.approve.click();
  await app.api.reaches(id, 'working');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'working');
  await sessionPage.composer.pressSequentially('And then rest');
  await sessionPage.send.click();
  await expect(sessionPage.composer).toHaveValue('');
  await until('the message', async () => (await app.api.session(id)).queue.length === 1);
  await sessionPage.stop.click();
  await app.api.reaches(id, 'cancelled');
  await expect(page.locator('html')).toHaveAttribute('data-partial', '');
  await expect(page.locator('html')).not.toHaveAttribute('data-ended');
});

test('what is pressed before the second part is there happens when it comes', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(write('a.txt', 'a'));
  await app.api.answer(id, await app.api.asked(id), 'allow_once');
  await app.api.reaches(id, 'idle');
  const release = await hold(page);
  await sessionPage.open(id);
  await sessionPage.commitMessage.pressSequentially('Written early');
  await page.getByTestId('search-thread').click();
  await expect(page.locator('html')).toHaveAttribute('data-loading', '');
  await expect(page.getByRole('combobox', { name: 'Search this thread' })).toHaveCount(0);
  release();
  await expect(page.getByRole('combobox', { name: 'Search this thread' })).toBeVisible();
  await expect(page.locator('html')).not.toHaveAttribute('data-loading');
  await expect(sessionPage.commitMessage).toHaveValue('Written early');
  await page.reload();
  await expect(sessionPage.commitMessage).toHaveValue('Written early');
});

test('a second part that does not arrive is asked for again', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  let times = 0;
  await page.route(PART, (route) => ((times += 1) < 3 ? route.abort() : route.continue()));
  await sessionPage.open(id);
  await page.keyboard.press('?');
  await expect(page.getByRole('heading', { name: 'Shortcuts' })).toBeVisible();
  expect(times).toBe(3);
});

test('a page that needed a function too early begins again with all of them', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  const release = await hold(page);
  await sessionPage.open(id);
  await sessionPage.composer.fill('Written before');
  wire.forget();
  const loaded = page.waitForEvent('load');
  await page.evaluate(() => {
    const error = new WebAssembly.RuntimeError('null function');
    window.dispatchEvent(new ErrorEvent('error', { error, message: String(error) }));
  });
  release();
  await loaded;
  await sessionPage.hydrated();
  await expect(page.locator('html')).not.toHaveAttribute('data-partial');
  await expect(sessionPage.composer).toHaveValue('Written before');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await until('the report', () => Promise.resolve(wire.count(REPORT) > 0));
  await page.getByTestId('search-thread').click();
  await expect(page.getByRole('combobox', { name: 'Search this thread' })).toBeVisible();
});
