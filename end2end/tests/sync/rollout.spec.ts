// The rollout: open pages change their way of keeping fresh without being loaded again.
import { HELD } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';

test.use({ arm: 'deduped' });

const ALL = '/api/agent/get_session_with_metadata';
const PAGE = '/api/agent/get';

// The flag holds for the whole console: one test at a time.
test.describe.configure({ mode: 'serial' });

test.afterEach(async ({ app }) => {
  const { flags } = await app.api.get<{ flags: object[] }>('settings/flags');
  await app.api.post('settings/flags', { ...flags[0], percent: 100, killed: false });
});

test('the kill switch on the settings page brings the old way back on an open page, and takes it away again', async ({
  app,
  clock,
  context,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await sessionPage.open(id);
  await clock.freeze();
  const began = await sessionPage.timeOrigin();

  const settings = await context.newPage();
  await settings.goto('/settings');
  await settings.locator('html[data-hydrated]').waitFor();
  await settings.getByRole('checkbox', { name: /kill switch/i }).check();
  await settings.getByRole('button', { name: 'Store' }).click();
  await expect(settings.getByRole('status').filter({ hasText: 'Stored' })).toBeVisible();
  await expect(settings.getByText('You are owner and get legacy.')).toBeVisible();

  await clock.pass(3_000);
  wire.forget();
  await clock.pass(60_000);
  expect(Math.abs(wire.count(PAGE) - 60), 'calls of the page').toBeLessThanOrEqual(2);
  expect(Math.abs(wire.count(ALL) - 30), 'calls of the sidebar').toBeLessThanOrEqual(2);
  expect(wire.count(ALL, 304), 'the old way asks without condition').toBe(0);
  expect(wire.seen.filter(({ path, query }) => path === ALL && query.has('since'))).toEqual([]);

  await settings.getByRole('checkbox', { name: /kill switch/i }).uncheck();
  await settings.getByRole('button', { name: 'Store' }).click();
  await expect(settings.getByText('You are owner and get deduped.')).toBeVisible();
  await clock.pass(5_000);
  wire.forget();
  await clock.pass(60_000);
  expect(wire.count(PAGE)).toBe(0);
  expect(wire.count(ALL)).toBeGreaterThanOrEqual(27);
  expect(wire.count(ALL)).toBeLessThanOrEqual(30);
  expect(await sessionPage.timeOrigin()).toBe(began);
  await settings.close();
});

test('in the old way deeds and news are shown as well', async ({ app, newSession, sessionPage }) => {
  const { flags } = await app.api.get<{ flags: object[] }>('settings/flags');
  await app.api.post('settings/flags', { ...flags[0], percent: 0 });
  const { id } = await newSession(HELD);
  const open = await app.api.asked(id);
  await sessionPage.open(id);
  await sessionPage.rename('By the old way');
  await expect(sessionPage.title).toHaveText('By the old way');
  await app.api.answer(id, open, 'allow_once');
  await expect(sessionPage.entry('tool')).toContainText('held');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  await expect(sessionPage.title).toHaveText('By the old way');
});
