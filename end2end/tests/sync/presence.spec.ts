// Hidden, asleep, on a wrong clock, left and opened again: the page asks when it is worth it.
import { HELD, HELP } from '../../fixtures/prompts.ts';
import { Tabs } from '../../fixtures/tabs.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

test.use({ arm: 'deduped' });

const READ = '/api/agent/get_session_with_metadata';

/** Says to the page that it is hidden, or shown again. */
function say(state: 'hidden' | 'visible'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

test('a hidden page asks nothing for an hour, and shows the truth at once when it is shown', async ({
  app,
  clock,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  const { revision } = await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await sessionPage.open(id);
  await clock.freeze();
  await page.evaluate(say, 'hidden' as const);
  wire.forget();
  await page.clock.fastForward(3_600_000);
  expect(wire.count(READ)).toBe(0);
  await app.api.post('agent/update_session', { id, revision, title: 'An hour later' });
  await page.evaluate(say, 'visible' as const);
  await expect(sessionPage.title).toHaveText('An hour later');
  expect(wire.count(READ)).toBe(1);
  await expect(sessionPage.stale).toHaveCount(0);
});

test('a page behind another tab asks nothing, and asks at once when it is in front again', async ({
  app,
  newSession,
  wire,
}) => {
  const [behind, front] = [await newSession(HELD), await newSession(HELD)];
  for (const { id } of [behind, front]) await app.api.reaches(id, 'waiting_approval');
  const reads = (id: string) => wire.seen.filter(({ path, query }) => path === READ && query.get('id') === id).length;
  const tabs = await Tabs.open(wire.url);
  try {
    await tabs.context.addCookies([app.cookie]);
    const [first] = tabs.context.pages();
    await first.goto(`${app.origin}/agents/${behind.id}`);
    await until('a poll of the first tab', () => reads(behind.id) > 0 || undefined);
    const second = await tabs.context.newPage();
    await second.goto(`${app.origin}/agents/${front.id}`);
    await second.bringToFront();
    await until('the first tab to be hidden', async () => {
      return (await first.evaluate(() => document.visibilityState)) === 'hidden' || undefined;
    });
    wire.forget();
    await until('four polls of the second tab', () => reads(front.id) >= 4 || undefined);
    expect(reads(behind.id)).toBe(0);
    await first.bringToFront();
    await until('a poll of the first tab', () => reads(behind.id) > 0 || undefined);
  } finally {
    await tabs.close();
  }
});

test('after sleep there is one request, no burst, and no alarm', async ({ app, clock, newSession, page, sessionPage, wire }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await sessionPage.open(id);
  await clock.freeze();
  await clock.pass(3_000);
  wire.forget();
  await page.clock.fastForward(3_600_000);
  await until('the answer', () => (wire.count(READ) >= 1 && wire.inFlight === 0) || undefined);
  await clock.pass(1_000);
  expect(wire.count(READ)).toBe(1);
  await expect(sessionPage.stale).toHaveCount(0);
});

test('a clock that is a day off changes nothing', async ({ app, clock, newSession, page, sessionPage, wire }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await page.clock.setSystemTime(Date.now() - 86_400_000);
  await sessionPage.open(id);
  await clock.freeze();
  wire.forget();
  await clock.pass(20_000);
  expect(wire.count(READ)).toBeGreaterThanOrEqual(8);
  expect(wire.count(READ)).toBeLessThanOrEqual(10);
  await expect(sessionPage.stale).toHaveCount(0);
});

test('coming back within the time to live makes no request; after it, old content at once and one', async ({
  app,
  clock,
  listPage,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await app.api.complete(id);
  await until('the end of the agent', async () => !(await app.api.session(id)).agentAlive || undefined);
  await clock.install();
  await sessionPage.open(id);
  await clock.freeze();
  const home = page.getByRole('link', { name: 'Sessions', exact: true });
  await home.click();
  await listPage.row(id).waitFor();
  wire.forget();
  await clock.pass(5_000);
  await listPage.row(id).getByRole('link').click();
  await expect(sessionPage.entries.first()).toBeVisible();
  expect(wire.count(READ)).toBe(0);
  await home.click();
  await listPage.row(id).waitFor();
  await clock.pass(12_000);
  wire.break(READ, { kind: 'hang' });
  await listPage.row(id).getByRole('link').click();
  await expect(sessionPage.entries.first()).toBeVisible();
  await until('the request behind it', () => wire.count(READ) === 1 || undefined);
});

test('twenty quick visits leave one rate', async ({ app, clock, listPage, newSession, page, sessionPage, wire }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await listPage.open();
  for (let visit = 0; visit < 20; visit += 1) {
    await listPage.row(id).getByRole('link').click();
    await sessionPage.title.waitFor();
    await page.goBack();
    await listPage.row(id).waitFor();
  }
  await listPage.row(id).getByRole('link').click();
  await sessionPage.title.waitFor();
  await clock.freeze();
  wire.forget();
  await clock.pass(20_000);
  expect(wire.count(READ)).toBeGreaterThanOrEqual(9);
  expect(wire.count(READ)).toBeLessThanOrEqual(10);
});
