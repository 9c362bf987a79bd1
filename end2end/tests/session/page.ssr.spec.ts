// Every page is whole as it comes from the server: read without JavaScript.
import { HELD, HELP, plan, run } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';

test('the list is readable', async ({ app, listPage, newSession, page }) => {
  const { id } = await newSession(HELD, 'Readable in the list');
  await app.api.reaches(id, 'waiting_approval');
  const answer = await page.goto('/');
  expect(answer?.status()).toBe(200);
  await expect(listPage.row(id)).toContainText('Readable in the list');
  await expect(listPage.newSession).toBeVisible();
});

test('the session page is readable, its thread, its sidebar and its git section', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(plan('look around') + run('echo seen > seen.txt'), 'Readable');
  const open = await app.api.asked(id);
  await app.api.answer(id, open, 'allow_once');
  await app.api.reaches(id, 'idle');
  const answer = await page.goto(`/agents/${id}`);
  expect(answer?.status()).toBe(200);
  await expect(page).toHaveTitle(/Readable/);
  await expect(sessionPage.title).toHaveText('Readable');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  await expect(sessionPage.root).toHaveAttribute('data-revision', /^\d+$/);
  const { thread } = await app.api.snapshot(id);
  await expect(sessionPage.entries).toHaveCount(thread.total);
  await expect(sessionPage.entry('agent').last()).toContainText('Done.');
  await expect(sessionPage.sidebar).toBeVisible();
  await expect(sessionPage.git).toBeVisible();
});

test('what the agent wrote is text, never markup', async ({ app, newSession, page, sessionPage }) => {
  const text = '<img src=x onerror=alert(1)> & <b>bold</b>';
  const { id } = await newSession(`${text}\n${HELP}`);
  await app.api.reaches(id, 'idle');
  await page.goto(`/agents/${id}`);
  await expect(sessionPage.entry('user').first()).toContainText(text);
  await expect(sessionPage.thread.locator('img')).toHaveCount(0);
});

test.describe('what is not there', () => {
  // The browser says so too.
  test.use({ tolerated: [/404/] });

  test('a session that is not there answers 404, in words', async ({ page }) => {
    const answer = await page.goto('/agents/018f0000-0000-7000-8000-000000000000');
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading').first()).toBeVisible();
  });

  test('an address that is not there answers 404, in words', async ({ page }) => {
    const answer = await page.goto('/no/such/page');
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading').first()).toBeVisible();
  });
});

test.describe('without login', () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test('a page leads to the login, which is readable', async ({ page }) => {
    const answer = await page.goto('/');
    await expect(page).toHaveURL(/\/login/);
    expect((await answer?.request().redirectedFrom()?.response())?.status()).toBe(303);
    await expect(page.getByRole('heading').first()).toBeVisible();
  });

  test('the login link logs in by its button', async ({ app, page }) => {
    await page.goto(app.newLoginLink());
    await page.getByRole('button').first().click();
    await expect(page).toHaveURL('/');
    await expect(page.getByTestId('new-session').first()).toBeVisible();
  });
});
