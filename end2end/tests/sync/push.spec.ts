// Changes come by themselves: over one stream for all tabs, which nobody misses when it is gone.
import type { Console } from '../../fixtures/console.ts';
import { HELD, HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';
import { SessionPage } from '../../pages/session.page.ts';

const READ = '/api/agent/get_session_with_metadata';
const LIST = '/api/agent/list';
const EVENTS = '/api/events';
/** What the page says while changes are told: only a check a minute. */
const TOLD = '60000';

// Streams break when the console or the network does.
test.use({ tolerated: [/Failed to load resource|net::ERR/] });

/** Open streams, as the console counts them. */
async function streams(app: Console): Promise<number> {
  const text = await (await fetch(`${app.origin}/metrics`)).text();
  return Number(/^heddle_event_streams (\d+)$/m.exec(text)?.[1]);
}

const holds = (app: Console, count: number) =>
  until(`${count} streams`, async () => (await streams(app)) === count || undefined);

/** Renames a session, whatever else changes it meanwhile. */
async function rename(app: Console, id: string, title: string): Promise<void> {
  await until(`the title ${title}`, async () => {
    const { revision } = await app.api.session(id);
    const renamed = app.api.post('agent/update_session', { id, revision, title });
    return renamed.then(() => true).catch((error: Error) => {
      if (!error.message.includes('409')) throw error;
      return undefined;
    });
  });
}

const told = (session: SessionPage) => expect(session.root).toHaveAttribute('data-sync-interval-ms', TOLD);

/** Says to the page that it is hidden, or shown again. */
function say(state: 'hidden' | 'visible'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

test('a change is shown at once by what the stream brings, and nothing is asked', async ({ app, newSession, sessionPage, wire }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await told(sessionPage);
  wire.forget();
  for (const title of ['One', 'Two', 'Three']) {
    await rename(app, id, title);
    await expect(sessionPage.title).toHaveText(title, { timeout: 1_000 });
  }
  expect(wire.count(READ)).toBe(0);
  expect(wire.count(EVENTS), 'on the stream that was open').toBe(0);
});

test('what an agent does is shown by the stream alone', async ({
  app,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await told(sessionPage);
  wire.forget();
  await app.api.send(id, HELD);
  await expect(sessionPage.entry('approval')).toHaveCount(1);
  await app.api.answer(id, await app.api.asked(id), 'allow_once');
  await app.api.reaches(id, 'idle');
  await expect(sessionPage.root).toHaveAttribute('data-sync-phase', 'idle');
  await expect(sessionPage.entry('tool').last()).toContainText('done');
  expect(wire.count(READ)).toBe(0);
});

test('seven tabs hold one stream, and each shows its session', async ({ app, context, newSession, page, sessionPage }) => {
  const sessions = [];
  for (let n = 0; n < 7; n += 1) sessions.push(await newSession(HELP));
  for (const { id } of sessions) await app.api.reaches(id, 'idle');
  await sessionPage.open(sessions[0].id);
  const tabs = [sessionPage];
  for (const { id } of sessions.slice(1)) {
    const tab = new SessionPage(await context.newPage());
    await tab.open(id);
    tabs.push(tab);
  }
  for (const tab of tabs) await told(tab);
  await holds(app, 1);
  for (const [n, { id }] of sessions.entries()) await rename(app, id, `Tab ${n}`);
  for (const [n, tab] of tabs.entries()) await expect(tab.title).toHaveText(`Tab ${n}`);

  // Whoever leads is closed: another one goes on, and nobody polls meanwhile.
  await page.close();
  await holds(app, 1);
  await rename(app, sessions[6].id, 'Nobody is missed');
  await expect(tabs[6].title).toHaveText('Nobody is missed', { timeout: 2_000 });
  for (const tab of tabs.slice(1)) await told(tab);
});

test('tabs that show the same session share what the one stream brings', async ({ app, context, newSession, sessionPage, wire }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  const tabs = [sessionPage];
  for (let n = 1; n < 7; n += 1) {
    const tab = new SessionPage(await context.newPage());
    await tab.open(id);
    tabs.push(tab);
  }
  for (const tab of tabs) await told(tab);
  await holds(app, 1);
  // The first one may still have to catch up with what changed while the tabs opened.
  await rename(app, id, 'Zero');
  for (const tab of tabs) await expect(tab.title).toHaveText('Zero');
  wire.forget();
  for (const title of ['One', 'Two', 'Three']) {
    await rename(app, id, title);
    for (const tab of tabs) await expect(tab.title).toHaveText(title, { timeout: 1_000 });
  }
  expect(wire.count(READ)).toBe(0);

  // Whoever holds the stream is hidden: another one does, and at once.
  await tabs[0].page.evaluate(say, 'hidden' as const);
  await holds(app, 1);
  await rename(app, id, 'Four');
  for (const tab of tabs.slice(1)) await expect(tab.title).toHaveText('Four', { timeout: 1_000 });
});

test('a hidden page holds no stream and asks nothing; shown again it shows the truth', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await told(sessionPage);
  await holds(app, 1);
  await page.evaluate(say, 'hidden' as const);
  await holds(app, 0);
  wire.forget();
  await rename(app, id, 'Behind');
  expect(wire.count(READ) + wire.count(EVENTS)).toBe(0);
  await page.evaluate(say, 'visible' as const);
  await expect(sessionPage.title).toHaveText('Behind', { timeout: 500 });
  await told(sessionPage);
  await holds(app, 1);
});

test('a page that slept shows the truth when it wakes', async ({ app, context, newSession, page, sessionPage, wire }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await told(sessionPage);
  // What came before the stream is caught up with.
  await rename(app, id, 'Zero');
  await expect(sessionPage.title).toHaveText('Zero');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  wire.forget();
  for (const title of ['One', 'Two', 'Three']) await rename(app, id, title);
  expect(wire.count(READ), 'while it sleeps').toBe(0);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await expect(sessionPage.title).toHaveText('Three', { timeout: 1_000 });
  expect(wire.count(READ)).toBeLessThanOrEqual(2);
  await told(sessionPage);
});

test('a browser without locks holds a stream for each tab', async ({ app, context, newSession, sessionPage }) => {
  await context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
  });
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  const other = new SessionPage(await context.newPage());
  await other.open(id);
  for (const tab of [sessionPage, other]) await told(tab);
  await holds(app, 2);
  await rename(app, id, 'For each');
  for (const tab of [sessionPage, other]) await expect(tab.title).toHaveText('For each', { timeout: 1_000 });
});

test('a tab that is hidden hands over to one that is seen', async ({ app, context, newSession, page, sessionPage }) => {
  const [first, second] = [await newSession(HELP), await newSession(HELP)];
  for (const { id } of [first, second]) await app.api.reaches(id, 'idle');
  await sessionPage.open(first.id);
  await told(sessionPage);
  const other = new SessionPage(await context.newPage());
  await other.open(second.id);
  await told(other);
  await page.evaluate(say, 'hidden' as const);
  await holds(app, 1);
  await rename(app, second.id, 'Still told');
  await expect(other.title).toHaveText('Still told', { timeout: 1_000 });
  await told(other);
});

test('a console that starts again finds its pages again', async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await told(sessionPage);
  await app.restart();
  await rename(app, id, 'After the restart');
  await expect(sessionPage.title).toHaveText('After the restart');
  await told(sessionPage);
  await rename(app, id, 'Told again');
  await expect(sessionPage.title).toHaveText('Told again', { timeout: 1_000 });
});

test('a page that was offline is told again', async ({ app, context, newSession, sessionPage }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await told(sessionPage);
  await context.setOffline(true);
  await expect(sessionPage.offline).toBeVisible();
  await rename(app, id, 'Out there');
  await context.setOffline(false);
  await expect(sessionPage.title).toHaveText('Out there');
  await told(sessionPage);
  await rename(app, id, 'Back');
  await expect(sessionPage.title).toHaveText('Back', { timeout: 1_000 });
});

test('a stream that cannot be opened leaves the page to its polls', async ({ app, newSession, sessionPage, wire }) => {
  wire.break(EVENTS, { kind: 'cut' });
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await until('polls', () => wire.count(READ) >= 2 || undefined);
  await expect(sessionPage.root).toHaveAttribute('data-sync-interval-ms', '2000');
  wire.mend();
  await told(sessionPage);
});

test('the kill switch closes the stream', async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await told(sessionPage);
  const stored = async () => (await app.api.get<{ flags: object[] }>('settings/flags')).flags[0];
  await app.api.post('settings/flags', { ...(await stored()), killed: true });
  await holds(app, 0);
  await app.api.post('settings/flags', { ...(await stored()), killed: false });
  await told(sessionPage);
  await holds(app, 1);
});

test('the list and the count of those that wait are told as well', async ({
  app,
  context,
  listPage,
  newSession,
  page,
  wire,
}) => {
  const { id } = await newSession(HELP, 'Weave');
  const shown = await newSession(HELP, 'Another');
  for (const session of [id, shown.id]) await app.api.reaches(session, 'idle');
  await listPage.open();
  const other = new SessionPage(await context.newPage());
  await other.open(shown.id);
  await told(other);
  await holds(app, 1);
  await until('what came before the stream', () => wire.count(LIST, 304) + wire.count(LIST, 200) > 0 || undefined);
  await app.api.send(id, HELD);
  await app.api.asked(id);
  await expect(listPage.row(id)).toContainText('Needs approval', { timeout: 3_000 });
  await expect(page).toHaveTitle('(1) Sessions · Heddle');
  await expect(other.page).toHaveTitle('(1) Another · Heddle', { timeout: 3_000 });
});
