// A person who looks elsewhere is told: in the title, by sound, by the system; once for all tabs.
import type { BrowserContext } from '@playwright/test';
import { HELD, HELP } from '../fixtures/prompts.ts';
import { expect, test } from '../fixtures/test.ts';
import { until } from '../fixtures/wait.ts';
import { SessionListPage } from '../pages/session-list.page.ts';

/** Longest wait of an idle list for news, in milliseconds. */
const NEWS = { timeout: 40_000 };

// There may be no device that plays.
test.use({ tolerated: [/AudioContext/] });

/** Writes down what every page of the browser shows and plays. */
async function record(context: BrowserContext, permission: 'granted' | 'denied'): Promise<string[]> {
  const told: string[] = [];
  await context.exposeFunction('record', (text: string) => void told.push(text));
  await context.addInitScript((permission) => {
    const record = (text: string) => void (window as unknown as { record: (text: string) => void }).record(text);
    class Recorded {
      static permission = permission;
      static requestPermission = () => Promise.resolve(permission);
      onclick = null;
      constructor(_title: string, options: NotificationOptions) {
        record(options.body ?? '');
      }
    }
    Object.defineProperty(window, 'Notification', { value: Recorded, configurable: true });
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when?: number) {
      record('tone');
      start.call(this, when);
    };
  }, permission);
  return told;
}

test('the title counts the sessions that wait', async ({ app, listPage, newSession, page }) => {
  const { id } = await newSession(HELD, 'Weave');
  const open = await app.api.asked(id);
  await listPage.open();
  await expect(page).toHaveTitle('(1) Sessions · Heddle');
  await listPage.row(id).getByRole('link').click();
  await expect(page).toHaveTitle('(1) Weave · Heddle');
  await app.api.answer(id, open, 'reject_once');
  await expect(page).toHaveTitle('Weave · Heddle');
});

test('an event is shown once, however many tabs are open', async ({ app, context, listPage, newSession, page }) => {
  test.setTimeout(150_000);
  await context.grantPermissions(['notifications']);
  const told = await record(context, 'granted');
  const { id } = await newSession(HELP, 'Weave');
  await app.api.reaches(id, 'idle');
  await page.goto('/settings');
  await page.locator('html[data-hydrated]').waitFor();
  const system = page.getByRole('checkbox', { name: /notification/i });
  await system.check();
  await expect(system).toBeChecked();
  await listPage.open();
  const second = new SessionListPage(await context.newPage());
  await second.open();
  await app.api.send(id, HELD);
  const open = await app.api.asked(id);
  for (const list of [listPage, second]) await expect(list.row(id)).toContainText('Needs approval', NEWS);
  await expect.poll(() => told, NEWS).toEqual(['Weave waits for you']);
  await app.api.answer(id, open, 'allow_once');
  for (const list of [listPage, second]) await expect(list.row(id)).toContainText('Idle', NEWS);
  await expect.poll(() => told, NEWS).toEqual(['Weave waits for you', 'Weave is done']);
});

test('a page that nobody sees is told at once, on a stream that stays open for it', async ({
  app,
  context,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  await context.grantPermissions(['notifications']);
  const told = await record(context, 'granted');
  const { id } = await newSession(HELP, 'Weave');
  const open = await newSession(HELP, 'Open');
  for (const session of [id, open.id]) await app.api.reaches(session, 'idle');
  await page.goto('/settings');
  await page.locator('html[data-hydrated]').waitFor();
  await page.getByRole('checkbox', { name: /notification/i }).check();
  await sessionPage.open(open.id);
  await expect(sessionPage.root).toHaveAttribute('data-sync-interval-ms', '60000');
  await until('what there was before', () => wire.count('/api/agent/list', 200) > 0 || undefined);
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const opened = wire.count('/api/events');
  await app.api.send(id, HELD);
  const asked = await app.api.asked(id);
  await expect.poll(() => told).toEqual(['Weave waits for you']);
  await expect(page).toHaveTitle('(1) Open · Heddle');
  await app.api.answer(id, asked, 'allow_once');
  await expect.poll(() => told).toEqual(['Weave waits for you', 'Weave is done']);
  await expect(page).toHaveTitle('Open · Heddle');
  expect(wire.count('/api/events'), 'the stream stays').toBe(opened);
});

test('a sound is switched on by a click, tried, and heard when a session waits', async ({
  app,
  context,
  listPage,
  newSession,
  page,
}) => {
  const told = await record(context, 'denied');
  const { id } = await newSession(HELP, 'Weave');
  await app.api.reaches(id, 'idle');
  await page.goto('/settings');
  await page.locator('html[data-hydrated]').waitFor();
  const attempt = page.getByRole('button', { name: 'Test' });
  await expect(attempt).toBeDisabled();
  await page.getByRole('checkbox', { name: /sound/i }).check();
  await expect.poll(() => told).toEqual(['tone']);
  await attempt.click();
  await expect.poll(() => told).toEqual(['tone', 'tone']);
  await page.getByRole('link', { name: 'Sessions', exact: true }).click();
  await expect(listPage.row(id)).toBeVisible();
  await app.api.send(id, HELD);
  await expect.poll(() => told, NEWS).toEqual(['tone', 'tone', 'tone']);
});

test('a browser that refuses notifications is told so', async ({ context, page }) => {
  await record(context, 'denied');
  await page.goto('/settings');
  await page.locator('html[data-hydrated]').waitFor();
  const system = page.getByRole('checkbox', { name: /notification/i });
  await system.click();
  await expect(page.getByRole('alert')).toContainText('This browser refuses notifications');
  await expect(system).not.toBeChecked();
  await page.reload();
  await page.locator('html[data-hydrated]').waitFor();
  await expect(system).not.toBeChecked();
});
