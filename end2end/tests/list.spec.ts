// The list of sessions: narrowed by words and chips, kept in the address, marked where something is new.
import { HELD, HELP, run } from '../fixtures/prompts.ts';
import { expect, test } from '../fixtures/test.ts';
import { SessionListPage } from '../pages/session-list.page.ts';

const LIST = '/api/agent/list';

test('words and chips narrow the list, and the address keeps them', async ({ app, listPage, newSession, page, wire }) => {
  const cloth = await newSession(HELD, 'Weave a cloth');
  const loom = await newSession(HELP, 'Mend the loom');
  await app.api.reaches(cloth.id, 'waiting_approval');
  await app.api.reaches(loom.id, 'idle');
  await listPage.open();
  await expect(listPage.rows).toHaveCount(2);
  await page.keyboard.press('/');
  await expect(listPage.filter).toBeFocused();
  await page.keyboard.type('LOOM');
  await expect(listPage.rows).toHaveCount(1);
  await expect(listPage.row(loom.id)).toBeVisible();
  await expect(page).toHaveURL('/?q=LOOM');
  await expect(listPage.chip('idle')).toContainText('1');
  await expect(listPage.chip('waiting_approval')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(listPage.rows).toHaveCount(2);

  await listPage.chip('waiting_approval').click();
  await expect(listPage.chip('waiting_approval')).toHaveAttribute('aria-pressed', 'true');
  await expect(listPage.row(cloth.id)).toBeVisible();
  await expect(listPage.row(loom.id)).toHaveCount(0);
  await expect(page).toHaveURL('/?status=waiting_approval');
  await page.goBack();
  await expect(listPage.rows).toHaveCount(2);
  await page.goForward();
  await expect(listPage.rows).toHaveCount(1);

  await listPage.filter.fill('nothing like it');
  await expect(page.getByText('No session fits.')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(listPage.rows).toHaveCount(2);
  const asked = wire.seen.filter(({ path }) => path === LIST);
  expect(asked.every(({ query }) => query.size === 0), 'narrowing asks nothing').toBe(true);
});

test('a link opens the list as it was narrowed, in groups by repository', async ({ app, listPage, newSession, page }) => {
  const first = await newSession(HELP, 'Weave a cloth');
  const second = await newSession(HELP, 'Mend the loom');
  for (const { id } of [first, second]) await app.api.reaches(id, 'idle');
  await page.goto('/?q=cloth&by=repo');
  await page.locator('html[data-hydrated]').waitFor();
  await expect(listPage.filter).toHaveValue('cloth');
  await expect(listPage.rows).toHaveCount(1);
  const group = page.getByRole('region', { name: app.repo.split('/').pop() });
  await expect(group.getByTestId('session-row')).toHaveCount(1);
  await page.getByRole('button', { name: 'By repository' }).click();
  await expect(page).toHaveURL('/?q=cloth');
  await expect(page.getByRole('region', { name: 'Quiet' })).toBeVisible();
});

test('what happened since this browser showed a session is marked until it is shown', async ({
  app,
  context,
  listPage,
  newSession,
  sessionPage,
}) => {
  await listPage.open();
  const { id } = await newSession(HELP, 'Weave a cloth');
  await app.api.reaches(id, 'idle');
  const mark = listPage.row(id).getByText('Unread:');
  await expect(mark).toHaveCount(1, { timeout: 30_000 });
  await listPage.row(id).getByRole('link').click();
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  await expect(sessionPage.entry('agent')).toBeVisible();
  const other = new SessionListPage(await context.newPage());
  await other.open();
  await expect(other.row(id)).toBeVisible();
  await expect(other.row(id).getByText('Unread:')).toHaveCount(0);
  await sessionPage.page.goto('/settings');
  await app.api.send(id, HELP);
  await expect(other.row(id).getByText('Unread:')).toHaveCount(1, { timeout: 30_000 });
});

test('a session is run again from the list, with its whole prompt and another title', async ({
  app,
  listPage,
  newPage,
  newSession,
  page,
  sessionPage,
}) => {
  const prompt = `${run('echo again')}\n${'long '.repeat(1_000)}`;
  const { id } = await newSession(prompt, 'Weave a cloth');
  await app.api.reaches(id, 'waiting_approval');
  await listPage.open();
  await listPage.row(id).getByLabel('More').click();
  await listPage.row(id).getByRole('link', { name: 'Run again' }).click();
  await expect(page).toHaveURL(`/agents/new?from=${id}`);
  await expect(newPage.prompt).toHaveValue(prompt);
  await expect(newPage.repository).toHaveValue(app.repo);
  await expect(newPage.agents.getByRole('radio', { name: /runbook/i })).toBeChecked();
  await newPage.title.fill('Woven again');
  await newPage.create.click();
  await expect(sessionPage.title).toHaveText('Woven again');
  const again = sessionPage.id();
  expect(again).not.toBe(id);
  await app.api.reaches(again, 'waiting_approval');
  await app.api.remove(await sessionPage.leave());
});
