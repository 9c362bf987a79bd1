// Every state that the session page can be in, opened by its real cause.
import { HELD, HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

test.use({ arm: 'deduped' });

const READ = '/api/agent/get_session_with_metadata';

test.use({ tolerated: [/Failed to load resource/] });

test('not found: a session that never was', async ({ page }) => {
  const answer = await page.goto('/agents/0199f0a0-1111-7222-8333-444455556666');
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: /no such session|not found/i })).toBeVisible();
});

test('deleted: before it is opened, and while it is open', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await app.api.remove(id);
  await expect(page.getByRole('alert').filter({ hasText: 'This session was deleted' })).toBeVisible();
  await expect(sessionPage.entries.first()).toBeVisible();
  const answer = await page.goto(`/agents/${id}`);
  expect(answer?.status()).toBe(410);
  await expect(page.getByRole('heading', { name: /deleted/i })).toBeVisible();
});

test('not allowed: the login ended while the page was open', async ({ app, browser, newSession, wire }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  // A login of its own, so that ending it ends nobody else's.
  const cookie = await app.login(app.newLoginLink());
  const proxy = { server: wire.url, bypass: '<-loopback>' };
  const context = await browser.newContext({ baseURL: app.origin, proxy, storageState: { cookies: [cookie], origins: [] } });
  const page = await context.newPage();
  await page.goto(`/agents/${id}`);
  await page.locator('html[data-hydrated]').waitFor();
  await app.logout(cookie);
  await expect(page.getByRole('alert').filter({ hasText: 'You are logged out' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Log in' })).toBeVisible();
  await context.close();
});

test('loading: navigation inside the app draws the page before its data', async ({
  app,
  listPage,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await listPage.open();
  wire.break(READ, { kind: 'delay', ms: 1_500 });
  await listPage.row(id).getByRole('link').click();
  await expect(page.getByText(/loading/i).first()).toBeVisible();
  await expect(sessionPage.title).toBeVisible();
});

test('degraded: the data stays, a quiet word tells, and one success ends it', async ({
  app,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  wire.break(READ, { kind: 'answer', status: 503, type: 'application/json', body: '{"error":"unavailable","message":"busy"}' }, 1);
  await expect(sessionPage.degraded).toBeVisible();
  await expect(sessionPage.entries.first()).toBeVisible();
  await expect(sessionPage.degraded).toHaveCount(0);
});

test('stale: a refresh is offered, tried by itself, and the server is told once', async ({
  app,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  const before = app.stderr.length;
  wire.break(READ, { kind: 'hang' }, 1);
  await expect(sessionPage.stale).toBeVisible();
  await expect(sessionPage.refresh).toBeVisible();
  await until('the incident', () => app.stderr.slice(before).includes(`session ${id} was stale`) || undefined);
  await sessionPage.refresh.click();
  await expect(sessionPage.stale).toHaveCount(0);
  expect(app.stderr.slice(before).split(`session ${id} was stale`).length - 1).toBe(1);
});

test('a local copy is drawn at once on the way from the list, and the truth replaces it', async ({
  app,
  listPage,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELP, 'The title of then');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await app.api.send(id, HELP);
  const key = `heddle.1.session.${id}`;
  const copy = () => page.evaluate((key) => localStorage.getItem(key) ?? undefined, key);
  const text = await until('the copy', copy);
  for (const secret of ['"prompt"', '"queue"', '"pendingApprovals"', HELP]) expect(text).not.toContain(secret);
  const { revision } = await app.api.reaches(id, 'idle');
  await listPage.open();
  await app.api.post('agent/update_session', { id, revision, title: 'The title of now' });
  wire.break(READ, { kind: 'delay', ms: 1_500 });
  wire.forget();
  await listPage.row(id).getByRole('link').click();
  await expect(sessionPage.title).toHaveText('The title of then');
  await expect(sessionPage.title).toHaveText('The title of now');
  const [first] = wire.seen.filter(({ path }) => path === READ);
  expect([first.etag, first.query.get('since')]).toEqual([undefined, null]);
});

test('logging out forgets what this browser kept', async ({ app, browser, newSession, wire }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  const cookie = await app.login(app.newLoginLink());
  const proxy = { server: wire.url, bypass: '<-loopback>' };
  const context = await browser.newContext({ baseURL: app.origin, proxy, storageState: { cookies: [cookie], origins: [] } });
  const page = await context.newPage();
  await page.goto(`/agents/${id}`);
  await page.locator('html[data-hydrated]').waitFor();
  await page.evaluate(() => localStorage.setItem('heddle.1.session.x', 'kept'));
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page).toHaveURL(/\/login/);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('heddle.')))).toEqual([]);
  await context.close();
});
