// Failures between page and server: tried again on a fixed ladder, told, never a blank page.
import { HELD, HELP } from '../../fixtures/prompts.ts';
import { badGateway, internal } from '../../fixtures/proxy.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

test.use({ arm: 'deduped' });

const READ = '/api/agent/get_session_with_metadata';

// The browser itself complains about answers that failed.
test.use({ tolerated: [/Failed to load resource|net::ERR/] });

test('the first fetch is tried four times, after 1, 2 and 4 s; then a person decides', async ({
  app,
  clock,
  listPage,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await clock.install();
  await listPage.open();
  await clock.freeze();
  wire.break(READ, internal);
  const before = app.stderr.length;
  await listPage.row(id).getByRole('link').click();
  await until('the first attempt', () => wire.count(READ) === 1 || undefined);
  let passed = 0;
  for (const [due, attempts] of [
    [1_000, 2],
    [3_000, 3],
    [7_000, 4],
  ]) {
    await clock.pass(due - 250 - passed);
    expect(wire.count(READ), `just before ${due} ms`).toBe(attempts - 1);
    await clock.pass(500);
    expect(wire.count(READ), `just after ${due} ms`).toBe(attempts);
    passed = due + 250;
  }
  await expect(sessionPage.failure).toBeVisible();
  await expect(sessionPage.failure.getByRole('button', { name: 'Refresh' })).toBeVisible();
  const number = (await sessionPage.failure.locator('code').textContent()) ?? '';
  await expect(sessionPage.support).toHaveAttribute('href', `/support?incident=${number}`);
  await until('the incident in the log', () => app.stderr.slice(before).includes(number) || undefined);
  await clock.pass(30_000);
  expect(wire.count(READ)).toBe(4);
  wire.mend();
  await sessionPage.retry.click();
  await expect(sessionPage.title).toBeVisible();
});

test('a page of a proxy is a failure like any other: the data stays, and it goes on by itself', async ({
  app,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  wire.break(READ, badGateway, 2);
  await expect(sessionPage.degraded).toBeVisible();
  await expect(sessionPage.entries.first()).toBeVisible();
  await expect(sessionPage.degraded).toHaveCount(0);
});

test('an answer that never comes is given up after 10 s, and the page goes on', async ({
  app,
  clock,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await sessionPage.open(id);
  wire.break(READ, { kind: 'hang' }, 1);
  await until('the request that hangs', () => wire.inFlight === 1 || undefined);
  await sessionPage.page.clock.runFor(10_500);
  await until('the end of it', () => wire.inFlight === 0 || undefined);
  await sessionPage.page.clock.runFor(1_500);
  await until('the next attempt', () => wire.count(READ, 304) + wire.count(READ, 200) > 0 || undefined);
  await expect(sessionPage.degraded).toHaveCount(0);
});

test('an answer that was overtaken counts for nothing', async ({ app, newSession, sessionPage, wire }) => {
  const { id } = await newSession(HELD);
  const { revision } = await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  wire.break(READ, { kind: 'delay', ms: 6_000 }, 1);
  await expect(sessionPage.stale).toBeVisible();
  await app.api.post('agent/update_session', { id, revision, title: 'The newer title' });
  await sessionPage.refresh.click();
  await expect(sessionPage.title).toHaveText('The newer title');
  await until('the late answer', () => wire.inFlight === 0 || undefined);
  await expect(sessionPage.title).toHaveText('The newer title');
});

test('offline nothing is asked and the page says so; online it asks at once', async ({
  app,
  context,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await context.setOffline(true);
  await expect(sessionPage.offline).toBeVisible();
  await expect(sessionPage.entries.first()).toBeVisible();
  await until('the last answer', () => wire.inFlight === 0 || undefined);
  const { revision } = await app.api.session(id);
  await app.api.post('agent/update_session', { id, revision, title: 'While you were away' });
  await context.setOffline(false);
  await expect(sessionPage.title).toHaveText('While you were away');
  await expect(sessionPage.offline).toHaveCount(0);
});

test('a deed that is refused is taken back once, with the reason', async ({ app, newSession, page, sessionPage, wire }) => {
  const { id } = await newSession(HELD, 'As it was');
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  wire.break('/api/agent/update_session', {
    kind: 'answer',
    status: 422,
    type: 'application/json',
    body: '{"error":"refused","message":"not today"}',
  });
  await sessionPage.rename('As it will not be');
  await expect(page.getByText('not today')).toBeVisible();
  await expect(sessionPage.title).toHaveText('As it was');
});

test('a deed shows at once and does not flip back while older polls arrive', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD, 'Before');
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  wire.break('/api/agent/update_session', { kind: 'delay', ms: 5_000 }, 1);
  await page.evaluate(() => {
    const titles: string[] = [];
    const title = document.querySelector('[data-testid="session-title"]');
    const note = () => titles.push(title?.textContent ?? '');
    if (title) new MutationObserver(note).observe(title, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { titles });
  });
  wire.forget();
  await sessionPage.rename('After');
  await expect(sessionPage.title).toHaveText('After');
  await expect.poll(async () => (await app.api.session(id)).title).toBe('After');
  await until('a poll after it', () => wire.count(READ) >= 3 || undefined);
  const titles = await page.evaluate(() => (window as unknown as { titles: string[] }).titles);
  const shown = titles.filter((title) => ['Before', 'After'].includes(title.trim()));
  expect(shown.lastIndexOf('Before')).toBeLessThan(shown.indexOf('After'));
});
