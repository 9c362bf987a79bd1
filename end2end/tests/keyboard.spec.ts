// Everything by keyboard: the sheet, the palette, ways between pages, rows of the list; never while typing.
import { HELD, HELP } from '../fixtures/prompts.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ arm: 'deduped' });

const LIST = '/api/agent/list';

test('a sheet explains the keys, and a field takes them as letters', async ({ listPage, page }) => {
  await listPage.open();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Shortcuts' });
  await expect(sheet).toBeVisible();
  await expect(sheet).toContainText('Go to the next session that waits for you');
  await page.keyboard.press('n');
  await expect(page, 'a dialog takes the keys').toHaveURL('/');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await page.keyboard.press('n');
  await expect(page).toHaveURL('/agents/new');
  const title = page.getByRole('textbox', { name: /title/i });
  await title.focus();
  await page.keyboard.type('gl nw?/jk');
  await expect(title).toHaveValue('gl nw?/jk');
  await expect(page).toHaveURL('/agents/new');
  await title.blur();
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page).toHaveURL('/');
});

test('rows are gone through and opened by keys', async ({ app, listPage, newSession, page, sessionPage }) => {
  const waiting = await newSession(HELD, 'Weave a cloth');
  const quiet = await newSession(HELP, 'Mend the loom');
  await app.api.reaches(waiting.id, 'waiting_approval');
  await app.api.reaches(quiet.id, 'idle');
  await listPage.open();
  await page.keyboard.press('j');
  await expect(listPage.row(waiting.id).getByRole('link')).toBeFocused();
  await page.keyboard.press('j');
  await expect(listPage.row(quiet.id).getByRole('link')).toBeFocused();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(sessionPage.title).toHaveText('Weave a cloth');
});

test('one key leads from everywhere to the sessions that wait, one after the other', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const first = await newSession(HELD, 'Weave a cloth');
  const second = await newSession(HELD, 'Mend the loom');
  for (const { id } of [first, second]) await app.api.reaches(id, 'waiting_approval');
  await page.goto('/settings');
  await sessionPage.hydrated();
  wire.forget();
  await page.keyboard.press('w');
  await expect(page).toHaveURL(/\/agents\/[0-9a-f-]{36}$/);
  expect(wire.count(LIST), 'the sessions are asked for once').toBe(1);
  const one = sessionPage.id();
  await expect(sessionPage.title).toBeVisible();
  await page.keyboard.press('w');
  await expect(page).not.toHaveURL(new RegExp(one));
  expect([first.id, second.id].sort()).toEqual([one, sessionPage.id()].sort());
  await page.getByTestId('next-waiting').click();
  await expect(page).toHaveURL(new RegExp(one));
});

test('the palette goes to a session by its name and does what the page offers', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(HELP, 'Weave a cloth');
  await app.api.reaches(id, 'idle');
  await page.goto('/stats');
  await sessionPage.hydrated();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  const wish = palette.getByRole('combobox');
  await expect(wish).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.locator('nav :focus, main :focus'), 'the focus stays within').toHaveCount(0);
  await wish.focus();
  await page.keyboard.type('cloth');
  const found = palette.getByRole('option');
  await expect(found).toHaveText([/Weave a cloth/]);
  await expect(found.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/agents/${id}`);
  await expect(palette).toBeHidden();

  await sessionPage.composer.focus();
  await page.keyboard.press('Control+k');
  await expect(wish).toBeFocused();
  await page.keyboard.type('rename');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: /title/i })).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('write');
  await page.keyboard.press('Enter');
  await expect(sessionPage.composer).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('this page');
  await page.keyboard.press('ArrowDown');
  await expect(found.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(found.filter({ hasText: 'Stop the agent' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
});
