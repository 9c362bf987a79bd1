// The console below a path, behind nginx and on two nodes: the page finds everything it needs there.
import { test } from '../../fixtures/nginx.ts';
import { HELD } from '../../fixtures/prompts.ts';
import { expect } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

/** What the page says while changes are told: only a check a minute. */
const TOLD = '60000';
const EVENTS = '/heddle/api/events';

test('below a path a page is alive, is told of changes, and leads to pages that are', async ({
  app,
  listPage,
  newPage,
  other,
  page,
  sessionPage,
  site,
  wire,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const { id } = await other.api.create(other.repo, HELD, 'Below', 'runbook');
  await other.api.reaches(id, 'waiting_approval');
  await until('the session at the other node', () => app.api.session(id).catch(() => undefined));

  await page.goto(`${site.url}/agents/${id}`);
  await sessionPage.hydrated();
  await expect(sessionPage.root).toHaveAttribute('data-sync-interval-ms', TOLD);
  expect(wire.count(EVENTS)).toBe(1);
  for (const [n, node] of [app, other].entries()) {
    const { revision } = await node.api.session(id);
    await node.api.post('agent/update_session', { id, revision, title: `Told ${n}` });
    await expect(sessionPage.title).toHaveText(`Told ${n}`, { timeout: 2_000 });
  }
  await sessionPage.approve.click();
  await expect(sessionPage.status).toContainText('Idle');

  // One load of the document: all ways are the page's own, parts that are loaded later too.
  await page.evaluate(() => document.documentElement.setAttribute('data-same', ''));
  await page.getByRole('link', { name: 'Heddle, home' }).click();
  await expect(page).toHaveURL(`${site.url}/`);
  await expect(listPage.row(id)).toBeVisible();
  await listPage.filter.fill('Told');
  await expect(page).toHaveURL(`${site.url}/?q=Told`);
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page).toHaveURL(`${site.url}/settings`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
  await page.keyboard.press('n');
  await expect(page).toHaveURL(`${site.url}/agents/new`);
  await expect(newPage.page.getByRole('heading', { level: 1 })).toHaveText('New session');
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page).toHaveURL(`${site.url}/`);
  await listPage.row(id).getByRole('link').first().click();
  await expect(page).toHaveURL(`${site.url}/agents/${id}`);
  await expect(sessionPage.thread).toBeVisible();
  await expect(page.locator('html[data-same]')).toHaveCount(1);

  for (const path of ['/', '/agents/new', '/settings', '/stats', '/support']) {
    await page.goto(site.url + path);
    await sessionPage.hydrated();
  }
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page).toHaveURL(`${site.url}/login`);
  const outside = asked.filter((url) => !url.startsWith(`${site.url}/`) && !url.startsWith('data:'));
  expect(outside, 'nothing is asked for outside of the path').toEqual([]);
  app.cookie = await app.login(app.newLoginLink());
  await app.api.remove(id);
});
